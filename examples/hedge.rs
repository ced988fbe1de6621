//! Hedging at work: a backend that is slow by chance, asked with and without a hedge. The clock is paused, so that two
//! thousand calls take no time.
//! `cargo run --example hedge`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilience_runtime::resilient;
use tokio::time::{Instant, sleep};

/// How often the backend was asked.
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Answers in 10 ms or a little more; every thirtieth time in half a second.
async fn backend(word: &str) -> io::Result<usize> {
    let request = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let takes = if request % 30 == 29 { 500 } else { 10 + u64::from(request % 7) };
    sleep(Duration::from_millis(takes)).await;
    Ok(word.len())
}

#[resilient(timeout = "2s")]
async fn plain(word: &str) -> io::Result<usize> {
    backend(word).await
}

#[resilient(hedge = "50ms", idempotent, timeout = "2s")]
async fn after_a_delay(word: &str) -> io::Result<usize> {
    backend(word).await
}

#[resilient(hedge = "p95", idempotent, timeout = "2s")]
async fn after_a_percentile(word: &str) -> io::Result<usize> {
    backend(word).await
}

#[resilient(hedge = "50ms", idempotent, timeout = "2s", budget("search", ratio = "2%", floor = 1))]
async fn within_a_budget(word: &str) -> io::Result<usize> {
    backend(word).await
}

/// Calls one after the other: how long they took, and the requests that came of them.
async fn measure(name: &str, call: impl AsyncFn(&str) -> io::Result<usize>) -> io::Result<()> {
    const CALLS: u32 = 2_000;
    REQUESTS.store(0, Ordering::Relaxed);
    let mut took = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        call("resilience").await?;
        took.push(start.elapsed());
    }
    took.sort();
    let percentile = |percent: usize| took[took.len() * percent / 100].as_millis();
    let extra = f64::from(REQUESTS.load(Ordering::Relaxed) - CALLS) / f64::from(CALLS) * 100.0;
    println!("{name:20} {:>6} ms {:>6} ms {extra:>10.1} %", percentile(50), percentile(99));
    Ok(())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> io::Result<()> {
    println!("{:20} {:>9} {:>9} {:>12}", "", "p50", "p99", "extra load");
    measure("no hedge", plain).await?;
    measure("hedge = \"50ms\"", after_a_delay).await?;
    measure("hedge = \"p95\"", after_a_percentile).await?;
    measure("with a budget of 2 %", within_a_budget).await
}
