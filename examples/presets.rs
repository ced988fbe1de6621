//! What each preset comes to, as the catalog knows it: the built-in ones, a preset of the program's own, and one that a
//! function changes in part. `cargo run --example presets`.

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;
use std::time::Duration;

use resilience_runtime::catalog::{Policy, Setting};
use resilience_runtime::{Backoff, BreakerConfig, Preset, catalog, resilient};

/// For what answers a user who waits.
const INTERACTIVE: Preset = Preset::new()
    .retry(Backoff::exp_jitter(Duration::from_millis(20)), 3)
    .breaker(BreakerConfig::new().consecutive(5))
    .timeout(Duration::from_millis(300))
    .deadline(Duration::from_secs(2));

#[resilient(preset = "critical", name = "critical")]
async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

/// The same as `preset = "standard"`.
#[resilient]
async fn load(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[resilient(preset = "batch", name = "batch")]
async fn export(rows: u64) -> io::Result<u64> {
    Ok(rows)
}

#[resilient(preset = INTERACTIVE, name = "INTERACTIVE")]
async fn suggest(word: &str) -> io::Result<usize> {
    Ok(word.len())
}

#[resilient(
    preset = INTERACTIVE,
    max = 2,
    breaker("search", open_for = "5s"),
    timeout = "100ms",
    deadline = "none",
    name = "INTERACTIVE, changed"
)]
async fn search(word: &str) -> io::Result<usize> {
    Ok(word.len())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    for entry in catalog().entries.iter().filter(|entry| entry.file.ends_with("presets.rs")) {
        println!("{}", entry.operation);
        if let Some(retry) = entry.retry {
            let max = retry.max.map_or_else(|| "as many as fit".to_owned(), |max| max.to_string());
            println!("  retry       {}, {max} attempts", retry.strategy);
        }
        for Policy { key, settings, .. } in entry.policies() {
            let settings = settings.iter().map(Setting::to_string).collect::<Vec<_>>();
            println!("  {key:<10}  {}", settings.join(", "));
        }
        let time =
            |time: Option<Duration>| time.map_or_else(|| "none".to_owned(), |time| format!("{time:?}"));
        println!("  timeout     {}", time(entry.timeout));
        println!("  deadline    {}", time(entry.deadline));
        println!("  worst case  {}\n", time(entry.worst_case.time));
    }
    charge(load(export(1).await?).await?).await?;
    search("word").await?;
    suggest("word").await?;
    Ok(())
}
