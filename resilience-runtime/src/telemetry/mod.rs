//! Turns what happens into spans and events of the `tracing` crate.

pub mod names;
pub(crate) mod trace;
pub(crate) mod values;
