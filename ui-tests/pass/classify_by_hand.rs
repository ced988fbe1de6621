//! An error that says itself what it means.

use resilience_runtime::{Class, Classify};

struct Busy;

impl Classify for Busy {
    fn classify(&self) -> Class {
        Class::Throttled { retry_after: None }
    }
}

fn main() {
    assert_eq!(Busy.classify(), Class::Throttled { retry_after: None });
}
