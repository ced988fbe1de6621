//! What to do when something goes wrong, without a line of it in the functions themselves: log it, tell somebody, put
//! it right. `cargo run --example observers`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{Breaker, BreakerConfig, Event, State, observe, observe_named, resilient};
use tokio::sync::mpsc;

/// The primary fails for good, the replica answers.
static PRIMARY: Breaker = Breaker::new("primary", BreakerConfig::new().consecutive(3));
static REPLICA: Breaker = Breaker::new("replica", BreakerConfig::new().consecutive(3));

/// Tiers: the first whose breaker is closed answers, since a refusal is a failure that the fallback answers for.
#[resilient(breaker = PRIMARY, fallback = from_replica, name = "load")]
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::new(io::ErrorKind::ConnectionRefused, format!("primary has no user {id}")))
}

#[resilient(retry = "fixed", base = "5ms", breaker = REPLICA, name = "load_from_replica")]
async fn from_replica(id: u64) -> io::Result<String> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        0 => Err(io::ErrorKind::ConnectionReset.into()),
        _ => Ok(format!("user {id} of the replica")),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    // Log: every event of every function.
    let _log = observe(|event: &Event| println!("log     {event:?}"));

    // Notify: events are told in the middle of a call, so that slow work is handed to a task.
    let (pages, mut inbox) = mpsc::unbounded_channel();
    let _notify = observe_named("primary", move |event: &Event| {
        if let Event::BreakerTransition { to: State::Open, reason, .. } = event {
            // Nobody to tell is no reason to disturb the call.
            _ = pages.send(format!("`primary` is open: {reason}"));
        }
    });

    // Recover: a breaker that opens takes its dependency out for good, until somebody resets it.
    let _recover = observe_named("primary", |event: &Event| {
        if let Event::BreakerTransition { to: State::Open, .. } = event {
            PRIMARY.isolate();
        }
    });

    for id in 1..=5 {
        println!("answer  {}", load(id).await?);
    }
    while let Ok(page) = inbox.try_recv() {
        println!("page    {page}");
    }
    assert_eq!(PRIMARY.state(), State::Open);
    Ok(())
}
