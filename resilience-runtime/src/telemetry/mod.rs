//! Turns what happens into spans and events of the `tracing` crate.

pub(crate) mod trace;
