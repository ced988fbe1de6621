//! Delays and decisions, by table and by property.

mod backoff;
mod decide;

use core::time::Duration;

use proptest::prelude::*;

use crate::policy::retry::{Backoff, Jitter};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Any backoff whose numbers are in range, of any size.
fn any_backoff() -> impl Strategy<Value = Backoff> {
    let base = prop_oneof![
        0..10_000_000_000_u64,
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(24 * 3600 * 1_000_000_000),
        any::<u64>()
    ];
    let cap = prop_oneof![
        Just(Duration::from_secs(10)),
        Just(Duration::ZERO),
        Just(Duration::MAX),
        any::<u64>().prop_map(Duration::from_nanos)
    ];
    let factor = prop_oneof![Just(1.0), Just(2.0), 1.0..8.0_f64, Just(1e300)];
    let jitter = prop_oneof![
        Just(Jitter::None),
        Just(Jitter::Full),
        Just(Jitter::Equal),
        (0.0..=1.0_f64).prop_map(Jitter::Ratio)
    ];
    (0..5_usize, base, cap, factor, jitter).prop_map(|(schedule, base, cap, factor, jitter)| {
        let new = [Backoff::fixed, Backoff::linear, Backoff::exp, Backoff::decorrelated, Backoff::fibonacci];
        new[schedule](Duration::from_nanos(base)).cap(cap).factor(factor).jitter(jitter)
    })
}

/// A retry number: small, at a power of two, or anything.
fn any_retry() -> impl Strategy<Value = u32> {
    prop_oneof![1..200_u32, (0..32_u32).prop_map(|bit| 1 << bit), 1..=u32::MAX, Just(u32::MAX)]
}
