//! Turns what happens into spans and events of the `tracing` crate.

pub(crate) mod names;
pub(crate) mod trace;
