//! What a collector receives of annotated functions, by gRPC and by HTTP, and what is said of what it does not.
//!
//! There is one meter provider per process, so that each test takes its turn.

mod adversity;
mod links;
mod program;
mod rotel;
mod signals;
mod support;
