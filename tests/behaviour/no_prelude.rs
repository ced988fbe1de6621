//! Where the standard library's prelude is turned off, every argument of the attribute is understood as elsewhere.

use std::time::Duration;

use resilience_runtime::{Class, Classify, Rejected};

#[derive(Classify)]
#[transient]
enum Failed {
    Lost,
    #[permanent]
    Missing,
    #[throttled(retry_after = 0)]
    Busy(Duration),
    #[classify(transparent)]
    Rejected(Rejected),
}

impl Clone for Failed {
    fn clone(&self) -> Self {
        Self::Lost
    }
}

impl From<Rejected> for Failed {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

mod bare {
    #![no_implicit_prelude]

    use ::core::future::Future;
    use ::core::pin::Pin;
    use ::core::result::Result;
    use ::core::result::Result::{Err, Ok};
    use ::resilience_runtime::{Breaker, BreakerConfig, resilient};
    use ::std::boxed::Box;

    use super::Failed;

    static DB: Breaker = Breaker::new("bare::static", BreakerConfig::new());

    #[resilient]
    pub(super) async fn by_default(id: u64) -> Result<u64, Failed> {
        Ok(id)
    }

    #[resilient(preset = "critical", max = 2, breaker("bare", failures = 3), budget = "none")]
    pub(super) async fn by_preset(id: u64) -> Result<u64, Failed> {
        Ok(id)
    }

    #[resilient(
        retry("exp", max = 5, base = "1ms", cap = "10ms", retry_after_max = "1s", factor = 1.5, jitter = "equal",
              when = |_| true),
        when_ok = |_| false, budget("bare", ratio = "10%", floor = 5, window = "1m"), map_rejected = Failed::Rejected,
        breaker("bare", failure_rate = "50%", consecutive = 9, slow_rate = 0.9, slow_call = "900ms", window = "30s",
                min_calls = 20, open_for = "10s", open_growth = 2.0, open_max = "1m", probes = 4, successes = 2,
                probe_timeout = "5s"),
        rate_limit("bare", rate = "1000/s", burst = 50, wait = "10ms", key = (id, "a"), max_keys = 100),
        bulkhead("bare", max = 9, queue = 9, wait = "10ms", priority = 2_i16), throttle("bare", k = 1.5, window = "1m"),
        chaos(error = Failed::Lost, error_rate = "0%", latency = "1ms", latency_rate = "0%", panic_rate = "0%", seed = 1,
              release = true),
        cache("60s", key = id, capacity = 10, stale_if_error = "1m"), coalesce, idempotency_key = id,
        timeout = "1s", deadline = "1m", fallback(|id| async move { Ok(id) }, Ok(id)),
        name = "bare", level = "debug", fields(id, user.id = %id)
    )]
    pub(super) async fn every(id: u64) -> Result<u64, Failed> {
        Ok(id)
    }

    fn instead(_: u64, _: &str, error: Failed) -> Result<u64, Failed> {
        Err(error)
    }

    #[resilient(cache = "60s", coalesce, fallback(instead, |_, _, error| async { Err(error) }))]
    pub(super) async fn shared(id: u64, name: &str) -> Result<u64, Failed> {
        Ok(id)
    }

    #[resilient(hedge("p95", max = 2), idempotent, breaker = DB, bulkhead("adaptive", max = 3))]
    pub(super) async fn hedged(id: u64) -> Result<u64, Failed> {
        Ok(id)
    }

    #[resilient(retry = "fixed", cache = "60s", coalesce, rate_limit = "1000/s", fallback = |_, error| Err(error))]
    pub(super) fn blocking(id: u64) -> Result<u64, Failed> {
        Ok(id)
    }

    #[resilient(retry = "fixed")]
    pub(super) fn future(id: u64) -> impl Future<Output = Result<u64, Failed>> {
        async move { Ok(id) }
    }

    #[resilient(retry = "fixed")]
    pub(super) fn boxed(id: u64) -> Pin<Box<dyn Future<Output = Result<u64, Failed>>>> {
        Box::pin(async move { Ok(id) })
    }

    pub(super) struct Client(pub(super) u64);

    #[resilient(retry = "fixed")]
    impl Client {
        pub(super) async fn exclusive(&mut self, (one, _): (u64, u64)) -> Result<u64, Failed> {
            self.0 = one;
            Ok(self.0)
        }

        pub(super) async fn pinned(self: Pin<&mut Self>, ref one: u64) -> Result<u64, Failed> {
            Ok(self.0 + *one)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn functions_answer() {
    assert_eq!(bare::by_default(1).await.ok(), Some(1));
    assert_eq!(bare::by_preset(1).await.ok(), Some(1));
    assert_eq!(bare::every(1).await.ok(), Some(1));
    assert_eq!(bare::shared(1, "a").await.ok(), Some(1));
    assert_eq!(bare::hedged(1).await.ok(), Some(1));
    assert_eq!(bare::blocking(1).ok(), Some(1));
    assert_eq!(bare::future(1).await.ok(), Some(1));
    assert_eq!(bare::boxed(1).await.ok(), Some(1));
    let mut client = bare::Client(7);
    assert_eq!(client.exclusive((1, 2)).await.ok(), Some(1));
    assert_eq!(std::pin::Pin::new(&mut client).pinned(1).await.ok(), Some(2));
}

#[test]
fn errors_have_their_class() {
    let delay = Duration::from_secs(1);
    assert_eq!(Failed::Lost.classify(), Class::Transient);
    assert_eq!(Failed::Missing.classify(), Class::Permanent);
    assert_eq!(Failed::Busy(delay).classify(), Class::Throttled { retry_after: Some(delay) });
}
