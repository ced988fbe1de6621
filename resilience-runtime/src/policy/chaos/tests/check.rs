//! The rules, in words.

use core::time::Duration;

use crate::policy::chaos::check::{chaos_latency, chaos_rate, chaos_rates, chaos_release};
use crate::policy::ruling::{Ruling, sentence};

fn refuses(rule: &Ruling, words: &str) {
    let sentence = sentence(rule).expect("it is refused");
    assert!(sentence.contains(words), "{sentence}");
}

#[test]
fn a_rate_is_a_share() {
    for rate in [0.0, f64::MIN_POSITIVE, 0.5, 1.0] {
        chaos_rate(rate).hold();
    }
    for rate in [-0.01, 1.000_001, f64::NAN, f64::INFINITY] {
        refuses(&chaos_rate(rate), "between 0% and 100%");
    }
}

#[test]
fn an_attempt_ends_once() {
    for (errors, panics) in [(0.0, 0.0), (1.0, 0.0), (0.7, 0.3), (0.1, 0.9), (0.9, 0.1)] {
        chaos_rates(errors, panics).hold();
    }
    refuses(&chaos_rates(0.6, 0.5), "more than 100%");
}

#[test]
fn a_latency_takes_time() {
    chaos_latency(Duration::from_nanos(1)).hold();
    refuses(&chaos_latency(Duration::ZERO), "longer than 0s");
}

#[test]
fn a_release_build_has_to_say_so() {
    chaos_release(true, false).hold();
    chaos_release(true, true).hold();
    chaos_release(false, true).hold();
    refuses(&chaos_release(false, false), "write `chaos(.., release = true)`");
}
