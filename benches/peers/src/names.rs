//! A thousand functions, each with a breaker of its own name; and a thousand plain ones, to see what that many functions
//! take by themselves.

use std::hint::black_box;
use std::pin::pin;

use crate::operation::{Error, operation, ready};

include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// Calls the first `names` of those with a breaker in turn, `calls` times in all.
pub fn run(names: usize, calls: usize) {
    in_turn(&ANNOTATED[..names], calls);
}

/// Calls as many plain ones.
pub fn run_plain(names: usize, calls: usize) {
    in_turn(&PLAIN[..names], calls);
}

fn in_turn(functions: &[fn(u64)], calls: usize) {
    for call in functions.iter().cycle().take(calls) {
        call(black_box(7));
    }
}
