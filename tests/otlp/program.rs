//! Whole programs: this one, started again by itself with variables of its own, with telemetry installed for all of it.

use std::io;
use std::process::Command;
use std::time::Duration;

use resilience_runtime::resilient;
use resilience_runtime::telemetry::{self, Telemetry, TelemetryError};
use resilience_tests::receiver::{Conduct, Received, Receiver, Value};
use tracing::level_filters::LevelFilter;

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

#[test]
fn the_environment_alone_says_where_to_and_how() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{grpc}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "{http}/v1/logs"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-test=from%20outside"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_SERVICE_NAME", "a service"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging,host.name=here"),
    ];
    let test = "program::the_environment_alone_says_where_to_and_how";
    let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
    let received = &ended.received;
    assert_eq!(received.spans.len(), 10, "{ended:#?}");
    assert_eq!(received.logs.len(), 5);
    assert!(received.metrics.iter().any(|metric| metric.name == "retry.attempts"));
    assert_eq!(received.compressed, received.requests, "{ended:#?}");
    assert_eq!(received.headers, vec!["from outside"; received.requests]);
    let resources = [&received.spans[0].resource, &received.logs[0].resource, &received.metrics[0].resource];
    for resource in resources {
        assert_eq!(resource["service.name"], Value::from("a service"));
        assert_eq!(resource["deployment.environment.name"], Value::from("staging"));
        assert_eq!(resource["host.name"], Value::from("here"));
    }
    assert!(ended.report().starts_with("spans: 10 exported, 0 lost; "), "{}", ended.report());
    // Nothing goes wrong, and nothing is said.
    assert_eq!(ended.lines_with("telemetry"), 0, "{ended:#?}");
}

#[test]
fn what_the_program_says_holds_over_the_environment() {
    let test = "program::what_the_program_says_holds_over_the_environment";
    for (protocol, collector) in [("grpc", "{grpc}"), ("http/protobuf", "{http}")] {
        let variables = [
            ("COLLECTOR", collector),
            ("COLLECTOR_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:2"),
            ("OTEL_SERVICE_NAME", "another"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging,host.name=here"),
            ("OTEL_TRACES_SAMPLER", "always_off"),
        ];
        let ended = started(test, Conduct::Take, &variables, || {
            let variable = |name| std::env::var(name).unwrap();
            let builder = match variable("COLLECTOR_PROTOCOL").as_str() {
                "grpc" => Telemetry::builder().grpc(variable("COLLECTOR")),
                _ => Telemetry::builder().http(variable("COLLECTOR")),
            };
            let builder = builder.service_name("this one").resource("host.name", "there").sample_ratio(1.0);
            run(async {
                let telemetry = builder.install().unwrap();
                calls(5).await;
                telemetry.shutdown().await;
            });
        });
        let Some(ended) = ended else { return };
        let span = ended.received.spans.first().unwrap_or_else(|| panic!("{ended:#?}"));
        assert_eq!(span.resource["service.name"], Value::from("this one"));
        assert_eq!(span.resource["host.name"], Value::from("there"));
        assert_eq!(span.resource["deployment.environment.name"], Value::from("staging"));
    }
}

#[test]
fn exporting_is_not_exported() {
    let test = "program::exporting_is_not_exported";
    for protocol in ["grpc", "http/protobuf"] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", if protocol == "grpc" { "{grpc}" } else { "{http}" }),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ];
        let ended = started(test, Conduct::Take, &variables, || {
            run(async {
                let telemetry = Telemetry::builder().level(LevelFilter::TRACE).install().unwrap();
                for _ in 0..3 {
                    calls(1).await;
                    tracing::trace!(target: "hyper::client", "of the program itself");
                    tracing::trace!(target: "opentelemetry_sdk", "of the SDK, where the program calls it");
                    telemetry.flush().await;
                }
                telemetry.shutdown().await;
            });
        });
        let Some(ended) = ended else { return };
        let mut spans: Vec<&str> = ended.received.spans.iter().map(|span| span.name.as_str()).collect();
        spans.sort_unstable();
        assert_eq!(spans, [["installed"; 3], ["installed attempt"; 3]].concat(), "{protocol}");
        let mut logs: Vec<&str> = ended.received.logs.iter().map(|log| log.body.as_str()).collect();
        logs.sort_unstable();
        assert_eq!(logs, [["an attempt"; 3], ["of the program itself"; 3]].concat(), "{protocol}");
    }
}

#[test]
fn a_header_of_the_program_holds_over_that_of_the_environment() {
    let test = "program::a_header_of_the_program_holds_over_that_of_the_environment";
    for protocol in ["grpc", "http/protobuf"] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", if protocol == "grpc" { "{grpc}" } else { "{http}" }),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-test=of%20the%20environment"),
        ];
        let ended = started(test, Conduct::Take, &variables, || {
            run(async {
                let telemetry = Telemetry::builder().header("X-Test", "100%25").install().unwrap();
                calls(1).await;
                telemetry.shutdown().await;
            });
        });
        let Some(ended) = ended else { return };
        // As it was given, and not decoded as those of the variable are.
        assert_eq!(ended.received.headers, vec!["100%25"; ended.received.requests], "{protocol}");
        assert_eq!(ended.received.spans.len(), 2);
    }
}

#[test]
fn the_environment_can_switch_all_of_it_off() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"), ("OTEL_SDK_DISABLED", "true")];
    let test = "program::the_environment_can_switch_all_of_it_off";
    let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
    assert_eq!(ended.received.requests, 0);
    assert!(ended.report().starts_with("spans: 0 exported, 0 lost; "), "{ended:#?}");
}

#[test]
fn a_signal_that_is_switched_off_is_not_sent() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"),
        ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_METRICS_EXPORTER", "none"),
    ];
    let test = "program::a_signal_that_is_switched_off_is_not_sent";
    let program = || {
        run(async {
            let telemetry = telemetry::install().unwrap();
            tracing::info_span!("outside").in_scope(|| tracing::error!("logged"));
            calls(1).await;
            telemetry.shutdown().await;
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    let received = &ended.received;
    assert_eq!((received.spans.len(), received.logs.len(), received.metrics.len()), (3, 0, 0), "{ended:#?}");
    // Errors are events of their spans all the same.
    let events: Vec<&str> =
        received.spans_named("outside")[0].events.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(events, ["logged"]);
}

#[test]
fn no_span_is_made_for_metrics_alone() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ];
    let test = "program::no_span_is_made_for_metrics_alone";
    let program = || {
        run(async {
            let telemetry = telemetry::install().unwrap();
            assert!(tracing::info_span!("for nobody").is_disabled());
            calls(1).await;
            telemetry.shutdown().await;
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!((ended.received.spans.len(), ended.received.logs.len()), (0, 0), "{ended:#?}");
    assert!(!ended.received.points("retry.attempts", "reliability.operation.name", "installed").is_empty());
}

#[test]
fn a_variable_that_cannot_be_read_is_said_once_and_left_out() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"),
        ("OTEL_TRACES_SAMPLER_ARG", "most"),
    ];
    let test = "program::a_variable_that_cannot_be_read_is_said_once_and_left_out";
    let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
    assert_eq!(ended.received.spans.len(), 10);
    assert_eq!(ended.lines_with("`OTEL_EXPORTER_OTLP_PROTOCOL` is `carrier-pigeon`"), 1, "{ended:#?}");
    assert_eq!(ended.lines_with("`OTEL_TRACES_SAMPLER_ARG` is `most`"), 1, "{ended:#?}");
}

/// Lines once for each time, and not once a batch.
#[test]
fn a_collector_that_is_down_is_one_line_and_counted() {
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "200")];
    let test = "program::a_collector_that_is_down_is_one_line_and_counted";
    let program = || {
        run(async {
            let telemetry = telemetry::install().unwrap();
            for _ in 0..5 {
                calls(2).await;
                telemetry.flush().await;
            }
            eprintln!("{}", telemetry.shutdown().await);
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!(ended.lines_with("telemetry is not delivered"), 1, "{ended:#?}");
    assert!(ended.report().starts_with("spans: 0 exported, 20 lost; "), "{ended:#?}");
    assert!(ended.report().ends_with("log events: 0 exported, 10 lost"), "{ended:#?}");
}

/// As a program has that logs: a line for whatever it is told of, on the standard error stream.
struct Log;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Log {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        eprintln!("LOG {}", event.metadata().target());
    }
}

#[test]
fn a_log_beside_it_hears_what_it_did_when_telemetry_has_ended() {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;

    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::a_log_beside_it_hears_what_it_did_when_telemetry_has_ended";
    let program = || {
        run(async {
            let telemetry = Telemetry::builder().build().unwrap();
            let log = Log.with_filter(LevelFilter::WARN);
            let subscriber = tracing_subscriber::registry().with(telemetry.layer()).with(log);
            tracing::subscriber::set_global_default(subscriber).unwrap();
            calls(2).await;
            telemetry.shutdown().await;
            calls(2).await;
            tracing::warn!("worth a line");
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!(ended.lines_with("LOG"), 1, "{ended:#?}");
    assert_eq!(ended.received.logs.len(), 2);
}

#[test]
fn a_log_beside_it_hears_of_a_collector_that_is_down_once() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let test = "program::a_log_beside_it_hears_of_a_collector_that_is_down_once";
    for (protocol, way) in [("grpc", "own"), ("http/protobuf", "own"), ("grpc", "with")] {
        let variables = [
            ("WAY", way),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
        ];
        let ended = started(test, Conduct::Take, &variables, || {
            run(async {
                let telemetry = if std::env::var("WAY").is_ok_and(|way| way == "own") {
                    let telemetry = Telemetry::builder().build().unwrap();
                    let subscriber = tracing_subscriber::registry().with(telemetry.layer()).with(Log);
                    tracing::subscriber::set_global_default(subscriber).unwrap();
                    telemetry
                } else {
                    Telemetry::builder().install_with(Log).unwrap()
                };
                for _ in 0..3 {
                    calls(1).await;
                    telemetry.flush().await;
                }
                // What the SDK says to the program is the program's, and so is what it sends itself.
                tracing::warn!(target: "opentelemetry_sdk", "to the program");
                tracing::debug!(target: "hyper_util::client", "of the program");
                telemetry.shutdown().await;
                calls(1).await;
            });
        });
        let Some(ended) = ended else { return };
        assert_eq!(ended.lines_with("LOG resilience_runtime::otlp"), 1, "{ended:#?}");
        assert_eq!(ended.lines_with("LOG opentelemetry"), 1, "{ended:#?}");
        assert_eq!(ended.lines_with("LOG hyper_util"), 1, "{ended:#?}");
        assert_eq!(ended.lines_with("LOG h2") + ended.lines_with("LOG tonic"), 0, "{ended:#?}");
        assert_eq!(ended.lines_with("LOG otlp::program"), 4, "{ended:#?}");
    }
}

/// Without it, what two processes of one service count would be one series.
#[test]
fn each_process_is_an_instance_of_its_own_unless_it_is_said() {
    let test = "program::each_process_is_an_instance_of_its_own_unless_it_is_said";
    let mut seen = Vec::new();
    for attributes in ["", "", "service.instance.id=the-first"] {
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"), ("OTEL_RESOURCE_ATTRIBUTES", attributes)];
        let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
        let received = &ended.received;
        let of = |resource: &resilience_tests::receiver::Values| resource["service.instance.id"].clone();
        let instance = of(&received.spans[0].resource);
        assert_eq!(
            (&of(&received.logs[0].resource), &of(&received.metrics[0].resource)),
            (&instance, &instance)
        );
        let name = format!("{:?}", received.spans[0].resource["service.name"]);
        assert!(name.contains("unknown_service:otlp"), "{name}");
        seen.push(instance);
    }
    assert_ne!(seen[0], seen[1]);
    assert_eq!(seen[2], Value::from("the-first"));
}

#[test]
fn what_a_collector_leaves_out_is_counted() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::what_a_collector_leaves_out_is_counted";
    let Some(ended) = started(test, Conduct::LeaveOut(2), &variables, plain) else { return };
    assert!(ended.report().starts_with("spans: 8 exported, 2 lost; "), "{ended:#?}");
    assert!(ended.report().ends_with("log events: 3 exported, 2 lost"), "{ended:#?}");
}

#[test]
fn what_comes_while_the_queue_is_full_is_counted_and_said_once() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{grpc}"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "300"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "8"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ];
    let test = "program::what_comes_while_the_queue_is_full_is_counted_and_said_once";
    let program = || {
        run(async {
            let telemetry = telemetry::install().unwrap();
            calls(50).await;
            telemetry.flush().await;
            calls(50).await;
            eprintln!("{}", telemetry.shutdown().await);
        });
    };
    let Some(ended) = started(test, Conduct::Hang, &variables, program) else { return };
    assert!(ended.report().starts_with("spans: 0 exported, 200 lost; "), "{ended:#?}");
    assert_eq!(ended.lines_with("more telemetry comes than is delivered"), 1, "{ended:#?}");
}

#[test]
fn a_guard_that_is_dropped_without_shutdown_says_so() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::a_guard_that_is_dropped_without_shutdown_says_so";
    let program = || {
        run(async {
            let _telemetry = telemetry::install().unwrap();
            calls(3).await;
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!(ended.received.spans.len(), 6);
    assert_eq!(ended.lines_with("telemetry was dropped without `shutdown().await`"), 1, "{ended:#?}");
}

#[test]
fn a_second_subscriber_is_refused() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::a_second_subscriber_is_refused";
    let program = || {
        run(async {
            let first = telemetry::install().unwrap();
            let error = telemetry::install().unwrap_err();
            assert!(matches!(error, TelemetryError::SubscriberSet));
            assert!(error.to_string().contains("`Telemetry::layer`"), "{error}");
            // The first goes on.
            calls(1).await;
            assert!(first.shutdown().await.is_complete());
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!(ended.received.spans.len(), 2);
}

#[test]
fn an_address_that_is_none_is_refused() {
    for builder in [Telemetry::builder().http("not an address"), Telemetry::builder().grpc("not an address")]
    {
        let error = builder.timeout(Duration::from_secs(1)).build().unwrap_err();
        assert!(matches!(error, TelemetryError::Exporter(_)), "{error:?}");
    }
}
