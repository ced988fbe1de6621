//! The schema of the telemetry as data, for the tests that hold the program against it.

pub mod registry;
