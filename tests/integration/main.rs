//! Annotated functions on both sides of a connection: HTTP by reqwest and axum, gRPC by tonic, on this machine.
//!
//! Time is real here, since that of a socket cannot be paused: what a test waits for is bounded, and far from its bound.

mod broken;
mod deadline;
mod grpc;
mod hops;
mod refusals;
mod retries;
mod support;
mod trace;
mod untrusted;
