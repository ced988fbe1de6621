//! Presets: built-in, of another module, and changed key by key, on functions of every shape.

use std::io;
use std::time::Duration;

use resilience_runtime::{
    Backoff, BackoffPolicy, Breaker, BreakerConfig, BulkheadConfig, Preset, Rate, RateLimitConfig, RateLimiter, Rng, resilient,
};
use resilience_ui_tests::Flaky;

pub mod presets {
    use super::{Backoff, BackoffPolicy, BulkheadConfig, Duration, Preset, Rng};

    pub const MINE: Preset =
        Preset::new().retry(Backoff::fixed(Duration::from_millis(1)), 3).deadline(Duration::from_secs(9));

    pub const WITH_A_BULKHEAD: Preset = MINE.bulkhead(BulkheadConfig::new(5));

    #[derive(Debug)]
    pub struct Own;

    impl BackoffPolicy for Own {
        fn delay(&self, _: u32, _: Duration, _: &mut Rng) -> Duration {
            Duration::ZERO
        }
    }

    pub const OWN: Preset = Preset::new().retry_with(&Own, 3);
}

static FLAKY: Flaky = Flaky::new(2);
static DB: Breaker = Breaker::new("db", BreakerConfig::new().failures(50));
static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(5)));

const TIMEOUT: Duration = Duration::from_secs(1);

#[resilient]
async fn bare(name: String) -> io::Result<usize> {
    Ok(name.len())
}

#[resilient()]
async fn empty<T: Clone + Send>(value: T) -> io::Result<T> {
    Ok(value)
}

#[resilient(preset = presets::MINE)]
async fn by_path() -> io::Result<u32> {
    FLAKY.run()
}

#[resilient(preset = Preset::CRITICAL.max(2), breaker = DB, rate_limit(API, key = id), timeout = TIMEOUT)]
async fn of_statics(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[resilient(preset = presets::WITH_A_BULKHEAD, bulkhead(queue = 5, wait = "1s", priority = rank), base = Duration::from_millis(5 * 100),
            retry_after_max = TIMEOUT)]
async fn changed(rank: i32) -> io::Result<i32> {
    Ok(rank)
}

#[resilient(preset = presets::OWN, max = 2, breaker(slow_rate = "50%", slow_call = "1s"), throttle, budget = 0.5)]
async fn own_delays() -> io::Result<()> {
    Ok(())
}

#[resilient(preset = "batch", retry = presets::Own, max = "deadline", deadline = "1h", breaker = "none")]
async fn own_strategy() -> io::Result<()> {
    Ok(())
}

#[resilient(preset = "standard", timeout = "none", rate_limit(wait = "5ms"))]
fn blocking(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[resilient(preset = presets::MINE, deadline = "none")]
fn blocking_by_path(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[resilient(preset = "standard", retry = "none")]
async fn once(token: Token) -> io::Result<()> {
    drop(token);
    Ok(())
}

/// Cannot be cloned.
struct Token;

struct Client;

#[resilient]
impl Client {
    async fn load(&self) -> io::Result<u32> {
        Ok(1)
    }

    #[resilient(preset = "critical", timeout = "none")]
    async fn store(&mut self) -> io::Result<u32> {
        Ok(2)
    }
}

#[resilient(preset = "critical")]
#[resilient]
async fn stacked() -> io::Result<u32> {
    Ok(1)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(bare("name".to_owned()).await.unwrap(), 4);
    assert_eq!(empty(vec![1]).await.unwrap(), [1]);
    by_path().await.unwrap();
    assert_eq!(FLAKY.runs(), 3);
    assert_eq!(of_statics(1).await.unwrap(), 1);
    assert_eq!(changed(-1).await.unwrap(), -1);
    own_delays().await.unwrap();
    own_strategy().await.unwrap();
    once(Token).await.unwrap();
    assert_eq!((blocking(1).unwrap(), blocking_by_path(2).unwrap()), (1, 2));
    let mut client = Client;
    assert_eq!((client.load().await.unwrap(), client.store().await.unwrap()), (1, 2));
    assert_eq!(stacked().await.unwrap(), 1);
    tokio::spawn(bare("name".to_owned())).await.unwrap().unwrap();
}
