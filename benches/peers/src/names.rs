//! A thousand functions, each with a breaker of its own name.

use std::hint::black_box;
use std::pin::pin;

use crate::operation::{Error, operation, ready};

include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// Calls the first `names` of them in turn, `calls` times in all.
pub fn run(names: usize, calls: usize) {
    for call in ALL.iter().take(names).cycle().take(calls) {
        call(black_box(7));
    }
}
