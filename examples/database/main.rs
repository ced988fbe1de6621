//! Queries against a `PostgreSQL` that is killed and started again in the middle: nothing is lost.
//!
//! `cargo run --example database` starts a server of its own in a temporary directory (Debian: `postgresql`), writes rows
//! through annotated functions, kills the server with SIGKILL, starts it again, and counts. It runs for about five seconds
//! and fails when it did not see what it shows.
#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

mod server;
mod store;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::testing::{self, Call, Recorder, Style, draw};
use tokio::task::JoinSet;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::server::Server;
use crate::store::Store;

/// Rows written by each of the writers.
const ROWS: i64 = 60;
const WRITERS: i64 = 4;
/// The time from one row of a writer to its next.
const PAUSE: Duration = Duration::from_millis(50);
/// When the server is killed, and for how long it stays away.
const KILLED_AFTER: Duration = Duration::from_secs(1);
const AWAY_FOR: Duration = Duration::from_millis(900);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "database: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    testing::seed(7);
    let recorder = Recorder::new();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(recorder.layer()))?;

    let mut server = Server::new()?;
    println!("starting PostgreSQL on port {}, while the client connects already", server.port());
    // The first attempts find nobody: connecting is retried.
    let (store, started) =
        tokio::join!(Store::connect(server.port()), server.start_later(Duration::from_millis(400)));
    started?;
    let store = Arc::new(store?);
    store.create().await?;

    println!(
        "{WRITERS} writers of {ROWS} rows each; the server is killed after {KILLED_AFTER:?} for {AWAY_FOR:?}"
    );
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for row in 0..ROWS {
                store.write(writer * ROWS + row).await?;
                tokio::time::sleep(PAUSE).await;
            }
            Ok::<(), store::DbError>(())
        });
    }
    tokio::time::sleep(KILLED_AFTER).await;
    server.kill()?;
    println!("killed");
    tokio::time::sleep(AWAY_FOR).await;
    server.start().await?;
    println!("started again");
    while let Some(writer) = writers.join_next().await {
        writer??;
    }
    let rows = store.count().await?;
    let calls = recorder.calls();
    println!("\n{rows} of {} rows are there, each once\n", WRITERS * ROWS);
    show(&calls);
    seen(rows, &calls)?;
    Ok(())
}

/// Draws the calls that tell most.
fn show(calls: &[Call]) {
    let style = Style::default();
    let connected = calls.iter().find(|call| call.is_of("Store::connect"));
    let writes = || calls.iter().filter(|call| call.is_of("Store::write"));
    let failed = writes().filter(|call| call.attempts.len() > 1).max_by_key(|call| call.duration);
    for call in connected.into_iter().chain(failed) {
        println!("{}", draw(call, &style));
    }
    let retried = writes().filter(|call| call.attempts.len() > 1).count();
    println!(
        "{} writes, {retried} of them with more than one attempt; transitions of the breaker:",
        writes().count()
    );
    for (from, to) in transitions(calls) {
        println!("  {from} -> {to}");
    }
}

fn transitions(calls: &[Call]) -> Vec<(String, String)> {
    let mut events: Vec<_> = calls.iter().flat_map(Call::all_events).collect();
    events.sort_by_key(|event| event.at);
    let owned = |(from, to): (&str, &str)| (from.to_owned(), to.to_owned());
    events.iter().filter_map(|event| event.transition_of("postgres").map(owned)).collect()
}

/// Holds the example to what it claims.
fn seen(rows: i64, calls: &[Call]) -> Result<(), String> {
    if rows != WRITERS * ROWS {
        return Err(format!("{rows} rows are there, not {}", WRITERS * ROWS));
    }
    let connected = calls.iter().find(|call| call.is_of("Store::connect"));
    if connected.is_none_or(|call| call.attempts.len() < 2) {
        return Err("the client connected at once".to_owned());
    }
    let changes = transitions(calls);
    if !changes.iter().any(|(_, to)| to == "open") {
        return Err("the breaker never opened".to_owned());
    }
    if changes.last().is_none_or(|(_, to)| to != "closed") {
        return Err("the breaker did not close again".to_owned());
    }
    Ok(())
}
