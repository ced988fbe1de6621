//! A client of a user service over HTTP: what each answer, and each way of having none, makes of a call.
//!
//! `cargo run --example microservice` needs nothing but this machine, runs for about seven seconds, and fails when it did
//! not see what it shows.
#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

mod client;
mod service;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use resilience_runtime::terminal;
use resilience_runtime::testing::{self, Call, Recorder};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::client::Users;
use crate::service::{SCRIPTS, Script, Service};

// One thread, so that one seed holds for all jitter.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "microservice: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    testing::seed(7);
    let recorder = Recorder::new();
    let subscriber = tracing_subscriber::registry().with(recorder.layer()).with(terminal::layer());
    tracing::subscriber::set_global_default(subscriber)?;

    let (service, address) = Service::start().await?;
    let users = Users::new(format!("http://{address}"))?;
    for (id, script) in (1..).zip(&SCRIPTS) {
        println!("\n── user {id}: {} {}\n", script.title, "─".repeat(78 - script.title.chars().count()));
        let answer = users.user(id).await;
        let calls = recorder.calls();
        let call = calls.last().ok_or("the call left no span")?;
        match &answer {
            Ok(user) => println!("  the caller gets  {user:?}"),
            Err(error) => println!("  the caller gets  {error}"),
        }
        seen(script, call, answer.is_ok()).map_err(|what| format!("user {id}, {}: {what}", script.title))?;
    }
    let answered = recorder.calls().iter().filter(|call| call.outcome == "success").count();
    println!(
        "\n{answered} of {} calls were answered; the service was asked {} times.",
        SCRIPTS.len(),
        service.asked()
    );
    Ok(())
}

/// Holds a call to what its script says.
fn seen(script: &Script, call: &Call, is_answered: bool) -> Result<(), String> {
    if is_answered != script.answered {
        return Err(format!("answered is {is_answered}"));
    }
    let types: Vec<&str> = call.attempts.iter().filter_map(|attempt| attempt.error_type.as_deref()).collect();
    if types != script.errors {
        return Err(format!("the attempts failed by {types:?}, not by {:?}", script.errors));
    }
    let hints = call.waits.iter().filter(|wait| wait.source.as_deref() == Some("server_hint"));
    match (hints.count(), script.hints) {
        (seen, expected) if seen != expected => {
            Err(format!("{seen} waits were the server's, not {expected}"))
        }
        _ => Ok(()),
    }
}
