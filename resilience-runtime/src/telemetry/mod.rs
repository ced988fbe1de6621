//! Turns what happens into spans and events of the `tracing` crate.

mod hedge;
pub mod names;
pub(crate) mod trace;
pub(crate) mod values;
