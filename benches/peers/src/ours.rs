//! The annotated functions.

use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, Bulkhead, BulkheadConfig, resilient};

use crate::operation::{Error, failing, later, operation, sometimes};

macro_rules! annotated {
    ($(#[doc = $doc:literal] $name:ident($($options:tt)*) $body:ident;)*) => {
        $(
            #[doc = $doc]
            ///
            /// # Errors
            ///
            /// Those of the operation, and those of its policies.
            #[resilient($($options)*)]
            pub async fn $name(n: u64) -> Result<u64, Error> {
                $body(n).await
            }
        )*
    };
}

annotated! {
    /// Retry.
    retry(retry = "exp_jitter") operation;
    /// A breaker that counts failures in a row.
    breaker_row(breaker("row", consecutive = 5)) operation;
    /// A breaker over a window of calls.
    breaker_calls(breaker("calls", window = 100)) operation;
    /// A breaker over a window of time, the default.
    breaker_time(breaker("time")) operation;
    /// A breaker that is open, see [`OPEN`].
    breaker_open(breaker = OPEN) operation;
    /// A rate limit that is never reached.
    rate_limit(rate_limit = "1000000000/s") operation;
    /// The same, where a thread takes 256 tokens at once.
    rate_limit_leased(rate_limit("1000000000/s", lease = 256)) operation;
    /// A bulkhead that is never full.
    bulkhead(bulkhead = 64) operation;
    /// A timeout that is never reached.
    timeout(timeout = "1s") operation;
    /// A timeout around an operation that waits.
    timeout_later(timeout = "1s") later;
    /// All of them.
    all(
        retry = "exp_jitter", breaker("all", window = 100), rate_limit = "1000000000/s", bulkhead = 64,
        timeout = "1s"
    ) operation;
    /// All of them, the breaker over a window of time.
    all_time(
        retry = "exp_jitter", breaker("all, time"), rate_limit = "1000000000/s", bulkhead = 64, timeout = "1s"
    ) operation;
    /// All of them, the rate limit with leases.
    all_leased(
        retry = "exp_jitter", breaker("all, leased", window = 100), rate_limit("1000000000/s", lease = 256),
        bulkhead = 64, timeout = "1s"
    ) operation;
    /// All of them, around an operation that waits.
    all_later(
        retry = "exp_jitter", breaker("all, later", window = 100), rate_limit = "1000000000/s",
        bulkhead = 64, timeout = "1s"
    ) later;
    /// All of them, for many tasks at once.
    all_tasks(
        retry = "exp_jitter", breaker("all, tasks", window = 100), rate_limit = "1000000000/s",
        bulkhead = 100_000, timeout = "10s"
    ) later;
    /// A breaker over calls, of which a quarter fail.
    failures_calls(breaker("failures, calls", window = 100, failure_rate = "90%")) sometimes;
    /// A breaker over time, where a quarter of the calls fail.
    failures_time(breaker("failures, time", failure_rate = "90%")) sometimes;
    /// A failure that opens the breaker.
    opens(breaker = OPENS) failing;
    /// A rate limit that is exhausted after one call.
    rate_exhausted(rate_limit = "1/h") operation;
    /// A bulkhead that is full, see [`FULL`].
    bulkhead_full(bulkhead = FULL) operation;
    /// What occupies it.
    bulkhead_held(bulkhead = FULL) later;
}

/// Open once tripped, for longer than any measurement.
pub static OPEN: Breaker = Breaker::new("open", BreakerConfig::new().open_for(Duration::from_hours(10)));

/// Opens at the first failure.
pub static OPENS: Breaker = Breaker::new("opens", BreakerConfig::new().consecutive(1));

/// Has one place.
pub static FULL: Bulkhead = Bulkhead::new("full", BulkheadConfig::new(1));

/// A rate limit for each of a number of keys.
///
/// # Errors
///
/// Those of the operation, and those of its policies.
#[resilient(rate_limit("1000000000/s", key = n % keys, max_keys = 200_000))]
pub async fn keyed(n: u64, keys: u64) -> Result<u64, Error> {
    let _ = keys;
    operation(n).await
}
