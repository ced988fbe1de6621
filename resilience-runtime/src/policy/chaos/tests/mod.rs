//! Tests of the decision, the rules and the handle.

mod check;
mod handle;
mod plan;
