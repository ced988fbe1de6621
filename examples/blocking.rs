//! A function that is not async, under policies, in a program without a runtime.
//!
//! `cargo run --example blocking` reads a file that appears only after a while.
#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, io, process, thread};

use resilience_runtime::{current, resilient, terminal};
use tracing_subscriber::layer::SubscriberExt as _;

/// Reads what another program is about to write: here a file that is not there is worth waiting for.
#[resilient(retry = "exp", base = "20ms", max = 6, breaker = "disk", when = |_: &io::Error| true, name = "read_report")]
fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).inspect(|_| println!("there at attempt {}", current().attempt()))
}

fn main() -> io::Result<()> {
    let subscriber = tracing_subscriber::registry().with(terminal::layer());
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    let path = std::env::temp_dir().join(format!("resilience-blocking-{}", process::id()));
    let start = Instant::now();
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(100));
            fs::write(&path, "all is well")
        });
        read(&path)
    });
    println!("{:?} after {:?}", report, start.elapsed());
    fs::remove_file(&path)?;
    report.map(|_| ())
}
