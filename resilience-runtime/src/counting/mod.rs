//! What policies and metrics count, on many threads at once.
//!
//! `seat` is a number for each thread, which no other has at the same time; `sharded` is a count that each adds to by
//! itself. `tally` is one that a policy collects under its lock, `ledger` such a lock with its tally. `window` is what was
//! counted in the last so long.

pub(crate) mod ledger;
pub(crate) mod seat;
pub(crate) mod sharded;
pub(crate) mod tally;
pub(crate) mod window;
