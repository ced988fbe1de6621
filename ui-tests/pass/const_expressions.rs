//! Values that are constants and expressions: of the crate, of a type, computed.

use std::io;
use std::time::Duration;

use resilience_runtime::{Backoff, BackoffPolicy, Breaker, BreakerConfig, Jitter, Rng, Window, current, resilient};

const MAX: u32 = 2;
const BASE: Duration = Duration::from_millis(10);
const RATE: f64 = 1.0 / 3.0;
const WINDOW: Window = Window::Calls(20);
static DB: Breaker = Breaker::new("db", BreakerConfig::new().consecutive(3));

struct Limits;

impl Limits {
    const CALL: Duration = Duration::from_secs(10);
    const SLOW: Backoff = Backoff::linear(Duration::from_millis(100)).cap(Duration::from_secs(1));
}

struct EverySecond;

impl BackoffPolicy for EverySecond {
    fn delay(&self, _retry: u32, _previous: Duration, _rng: &mut Rng) -> Duration {
        Duration::from_secs(1)
    }
}

#[resilient(
    retry("exp", max = 2 * MAX, base = BASE, cap = BASE.saturating_mul(8), factor = 1.0 + 1.0, jitter = Jitter::None,
          retry_after_max = Limits::CALL.checked_div(2).unwrap()),
    breaker("computed", failure_rate = RATE, window = WINDOW, min_calls = MAX + 3, open_for = Duration::from_secs(3)),
    timeout = Limits::CALL.checked_div(100).unwrap(),
    deadline = Limits::CALL,
)]
async fn computed() -> io::Result<u32> {
    if current().attempt() < 4 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(4) }
}

#[resilient(retry = Limits::SLOW, max = 3, breaker = crate::DB)]
async fn by_a_constant() -> io::Result<u32> {
    if current().attempt() < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(3) }
}

#[resilient(retry = EverySecond, max = "deadline", deadline = "3500ms")]
async fn by_a_type() -> io::Result<u32> {
    if current().attempt() < 4 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(4) }
}

#[resilient(retry(Backoff::fixed(BASE).jitter(Jitter::Ratio(0.1))))]
async fn by_an_expression<T: Clone>(value: T) -> io::Result<T> {
    if current().attempt() < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(value) }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(computed().await.unwrap(), 4);
    assert_eq!(by_a_constant().await.unwrap(), 3);
    assert_eq!(by_a_type().await.unwrap(), 4);
    assert_eq!(by_an_expression("a").await.unwrap(), "a");
}
