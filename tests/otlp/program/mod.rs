//! Whole programs: this one, started again by itself with variables of its own, with telemetry installed for all of it.

mod environment;
mod loss;

use std::io;
use std::process::Command;

use resilience_runtime::resilient;
use resilience_runtime::telemetry;
use resilience_tests::receiver::{Conduct, Received, Receiver};

/// Set where this is the program that was started.
const STARTED: &str = "RESILIENCE_TEST_PROGRAM";

#[resilient(name = "installed", retry = "fixed", base = "1ms", max = 2)]
async fn installed() -> io::Result<()> {
    tracing::info!("an attempt");
    Ok(())
}

/// What a program that has ended left behind.
#[derive(Debug)]
struct Ended {
    received: Received,
    /// What it wrote to the standard error stream.
    lines: Vec<String>,
}

impl Ended {
    fn lines_with(&self, part: &str) -> usize {
        self.lines.iter().filter(|line| line.contains(part)).count()
    }

    /// The report that the program printed last.
    fn report(&self) -> &str {
        self.lines
            .iter()
            .rev()
            .find(|line| line.starts_with("spans: "))
            .unwrap_or_else(|| panic!("{self:#?}"))
    }
}

/// Runs `program` where it is the one that was started; otherwise starts it, the test of that name, and gives what it
/// left behind. In `variables`, `{grpc}` and `{http}` stand for the addresses of a collector.
fn started(test: &str, conduct: Conduct, variables: &[(&str, &str)], program: fn()) -> Option<Ended> {
    if std::env::var_os(STARTED).is_some() {
        program();
        return None;
    }
    let receiver = Receiver::start();
    receiver.behave(conduct);
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.args(["--exact", test, "--nocapture"]).env(STARTED, "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    for (name, value) in variables {
        command.env(name, value.replace("{grpc}", &receiver.grpc()).replace("{http}", &receiver.http()));
    }
    let output = command.output().expect("it starts again");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let results = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && results.contains("1 passed"), "{results}\n{errors}");
    Some(Ended { received: receiver.received(), lines: errors.lines().map(String::from).collect() })
}

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}

async fn calls(count: u32) {
    for _ in 0..count {
        installed().await.expect("it succeeds");
    }
}

/// Installs what the environment says, makes calls, and prints the report.
fn plain() {
    run(async {
        let telemetry = telemetry::install().expect("nothing is installed");
        calls(5).await;
        eprintln!("{}", telemetry.shutdown().await);
    });
}
