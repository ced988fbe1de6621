//! What tests share with the commands: the schema of the telemetry as data, and ports for programs that they start.

pub mod ports;
pub mod registry;
