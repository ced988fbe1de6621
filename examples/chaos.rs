//! A service's own annotations, tested: the same calls with faults and without, switched by name while it runs.
//! `cargo run --example chaos --features chaos`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::error::Error;
use std::io;
use std::time::Duration;

use resilience_runtime::catalog::Severity;
use resilience_runtime::chaos::{self, Chaos};
use resilience_runtime::{catalog, resilient};

/// The function is as it was, and so are its policies: only the last line is there to try them. An example may be built
/// for release, hence `release = true`; a service's function would not say so.
#[resilient(
    retry = "fixed",
    max = 4,
    base = "5ms",
    breaker("prices", consecutive = 20, open_for = "1m"),
    timeout = "50ms",
    fallback = |article| Ok((article * 99, "last known")),
    name = "price",
    chaos(
        "prices",
        latency = "200ms",
        latency_rate = "10%",
        error = io::ErrorKind::ConnectionReset.into(),
        error_rate = "30%",
        seed = 7,
        enabled = false,
        release = true
    )
)]
async fn price(article: u32) -> io::Result<(u32, &'static str)> {
    Ok((article * 100, "fresh"))
}

/// The answers of 50 calls: fresh ones, those of the fallback, and the faults in front of them.
async fn row(title: &str, chaos: &Chaos) -> io::Result<()> {
    let before = chaos.snapshot();
    let mut fresh = 0;
    for article in 0..50 {
        let (_, kind) = price(article).await?;
        fresh += u32::from(kind == "fresh");
    }
    let after = chaos.snapshot();
    let (errors, latencies) = (after.errors - before.errors, after.latencies - before.latencies);
    println!("{title:<28} {fresh:>5} {:>10} {errors:>8} {latencies:>10}", 50 - fresh);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let chaos = Chaos::named("prices").ok_or("a function has a chaos of that name")?;
    println!("{:<28} {:>5} {:>10} {:>8} {:>10}", "50 calls", "fresh", "last known", "errors", "latencies");
    row("as it ships, disabled", chaos).await?;

    chaos.enable();
    for finding in catalog().findings.iter().filter(|finding| finding.severity == Severity::Warning) {
        println!("  {}", finding.message);
    }
    row("30% errors, 10% slow", chaos).await?;

    chaos.set_error_rate(1.0)?;
    chaos.set_latency(Duration::from_millis(1))?;
    row("nothing but errors", chaos).await?;

    chaos::disable_all();
    row("disabled, breaker still open", chaos).await.map_err(Into::into)
}
