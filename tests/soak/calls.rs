//! Calls of every kind of end, and what each has to send.

use std::io;
use std::time::Duration;

use resilience_runtime::telemetry::Telemetry;
use resilience_runtime::{Rejected, resilient};
use resilience_tests::drop_after;
use resilience_tests::receiver::Receiver;

/// The one whose attempts are compared with those that the metrics count.
pub(crate) const OPERATION: &str = "soak::second_time";

#[resilient(name = "soak::healthy", retry = "exp_jitter", breaker = "soak", timeout = "1s")]
async fn healthy() -> io::Result<()> {
    tracing::info!("a body");
    Ok(())
}

#[resilient(name = "soak::second_time", retry = "fixed", base = "1ms", max = 3, fields(item = item))]
async fn second_time(item: i64) -> io::Result<()> {
    if resilience_runtime::current().attempt() == 1 {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    tracing::error!(item, "at last");
    Ok(())
}

#[resilient(name = "soak::fails", fallback = Ok(7))]
async fn fails() -> io::Result<u32> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

#[resilient(name = "soak::late", timeout = "1ms")]
async fn late() -> Result<(), Rejected> {
    std::future::pending().await
}

#[resilient(name = "soak::cancelled", timeout = "1h")]
async fn cancelled() -> Result<(), Rejected> {
    std::future::pending().await
}

/// What was made so far, as what is to be sent of it.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) calls: u64,
    pub(crate) spans: u64,
    pub(crate) logs: u64,
    /// Of [`OPERATION`].
    pub(crate) attempts: u64,
}

/// So many calls of each kind.
pub(crate) async fn some(count: u64, made: &mut Made) {
    for item in 0..count {
        healthy().await.expect("it succeeds");
        second_time(item.cast_signed()).await.expect("it succeeds at the second attempt");
        assert_eq!(fails().await.expect("the fallback answers"), 7);
        late().await.expect_err("it is late");
        drop_after(Duration::from_millis(1), cancelled()).await;
    }
    made.calls += 5 * count;
    // Two, three, three with the fallback, two and two.
    made.spans += 12 * count;
    // Those of the bodies; a fallback that is used, and a limit that ran out.
    made.logs += 4 * count;
    made.attempts += 2 * count;
}

/// The attempts of [`OPERATION`] that the collector knows of.
#[must_use]
pub(crate) fn attempts_at(collector: &Receiver) -> f64 {
    let received = collector.received();
    let points = received.points("retry.attempts", "reliability.operation.name", OPERATION);
    points.iter().map(|point| point.value).sum()
}

/// The same before any is made.
pub(crate) async fn attempts_of_before(telemetry: &Telemetry, collector: &Receiver) -> f64 {
    telemetry.flush().await;
    attempts_at(collector)
}
