//! Telemetry over TLS, with what the documentation of `telemetry::otlp` says to depend on for it: by gRPC and by HTTP, to
//! a collector whose certificate is trusted, and to one whose is not.

mod front;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use resilience_runtime::{resilient, telemetry};
use resilience_tests::receiver::{Received, Receiver};

use crate::front::Front;

/// Set where this is the program that was started.
const STARTED: &str = "RESILIENCE_TEST_PROGRAM";

#[resilient(name = "encrypted", retry = "fixed", base = "1ms", max = 2)]
async fn encrypted() -> io::Result<()> {
    tracing::info!("an attempt");
    Ok(())
}

/// What a user writes, but for the choice of the cryptography, which comes with reqwest's feature `rustls`.
fn program() {
    tokio_rustls::rustls::crypto::ring::default_provider().install_default().expect("there is none yet");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let telemetry = telemetry::install().expect("there is TLS in the program");
        for _ in 0..3 {
            encrypted().await.expect("it succeeds");
        }
        // A batch that is lost, and the last one.
        telemetry.flush().await;
        eprintln!("{}", telemetry.shutdown().await);
    });
}

/// Whose certificate the program trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trusts {
    TheCollector,
    Another,
}

/// What arrived, and the lines that the program wrote to the standard error stream; nothing where this is the program.
fn started(test: &str, protocol: &str, trusts: Trusts) -> Option<(Received, Vec<String>)> {
    if std::env::var_os(STARTED).is_some() {
        program();
        return None;
    }
    let collector = Receiver::start();
    let (grpc, http) = collector.addresses();
    let front = if protocol == "grpc" { Front::start(grpc, Some("h2")) } else { Front::start(http, None) };
    let (file, certificate) = match trusts {
        Trusts::TheCollector => ("trusted", front.certificate.clone()),
        Trusts::Another => ("another", front::identity().0),
    };
    let file = own_file(&format!("{file}-{}.pem", &protocol[..4]));
    fs::write(&file, certificate).expect("it is a directory of its own");
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.args(["--exact", test, "--nocapture"]).env(STARTED, "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("https://{}", front.address));
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
    command.env("SSL_CERT_FILE", file).env_remove("SSL_CERT_DIR");
    let output = command.output().expect("it starts again");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let results = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && results.contains("1 passed"), "{results}\n{errors}");
    Some((collector.received(), errors.lines().map(String::from).collect()))
}

fn own_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn report(lines: &[String]) -> &str {
    lines.iter().find(|line| line.starts_with("spans: ")).unwrap_or_else(|| panic!("{lines:#?}"))
}

const PROTOCOLS: [&str; 2] = ["grpc", "http/protobuf"];

#[test]
fn all_three_signals_arrive_where_the_certificate_is_trusted() {
    for protocol in PROTOCOLS {
        let test = "all_three_signals_arrive_where_the_certificate_is_trusted";
        let Some((received, lines)) = started(test, protocol, Trusts::TheCollector) else { return };
        assert!(report(&lines).starts_with("spans: 6 exported, 0 lost; "), "{protocol}: {lines:#?}");
        assert_eq!((received.spans.len(), received.logs.len()), (6, 3), "{protocol}");
        assert!(received.metrics.iter().any(|metric| metric.name == "retry.attempts"), "{protocol}");
        assert_eq!(lines.len(), 1, "{protocol}: nothing goes wrong, and nothing is said: {lines:#?}");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_one_line_and_what_is_lost_is_counted() {
    for protocol in PROTOCOLS {
        let test = "a_certificate_that_is_not_trusted_is_one_line_and_what_is_lost_is_counted";
        let Some((received, lines)) = started(test, protocol, Trusts::Another) else { return };
        assert!(report(&lines).starts_with("spans: 0 exported, 6 lost; "), "{protocol}: {lines:#?}");
        assert!(report(&lines).ends_with("log events: 0 exported, 3 lost"), "{protocol}: {lines:#?}");
        assert_eq!(received.requests, 0, "{protocol}");
        // One line, and the report.
        let said = lines[0].contains("telemetry is not delivered");
        assert!(said && lines[0].contains("invalid peer certificate"), "{protocol}: {lines:#?}");
        assert_eq!(lines.len(), 2, "{protocol}: {lines:#?}");
    }
}
