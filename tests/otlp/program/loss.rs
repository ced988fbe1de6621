//! What is lost, who hears of it, and how often.

use resilience_runtime::telemetry::{self, Telemetry};
use resilience_tests::receiver::Conduct;
use tracing::level_filters::LevelFilter;

use super::{calls, plain, run, started};

#[test]
fn a_collector_that_is_down_is_one_line_and_counted() {
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "200")];
    let test = "program::loss::a_collector_that_is_down_is_one_line_and_counted";
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

#[test]
fn where_nothing_is_delivered_and_why_is_said_without_the_password() {
    let test = "program::loss::where_nothing_is_delivered_and_why_is_said_without_the_password";
    for protocol in ["grpc", "http/protobuf"] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hunter2@127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ];
        let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
        assert_eq!(ended.lines_with("Connection refused"), 1, "{protocol}: {ended:#?}");
        assert_eq!(ended.lines_with("http://127.0.0.1:1"), 1, "{protocol}: {ended:#?}");
        assert_eq!(ended.lines_with("hunter2"), 0, "{protocol}: {ended:#?}");
    }
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
    let test = "program::loss::a_log_beside_it_hears_what_it_did_when_telemetry_has_ended";
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

/// Its subscriber is made of what is built, and hears nothing before.
#[test]
fn a_log_beside_it_hears_of_a_variable_that_cannot_be_read() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let test = "program::loss::a_log_beside_it_hears_of_a_variable_that_cannot_be_read";
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"), ("OTEL_TRACES_SAMPLER", "always")];
    let program = || {
        run(async {
            let telemetry = Telemetry::builder().build().unwrap();
            let subscriber = tracing_subscriber::registry().with(telemetry.layer()).with(Log);
            tracing::subscriber::set_global_default(subscriber).unwrap();
            calls(1).await;
            telemetry.flush().await;
            telemetry.shutdown().await;
        });
    };
    let Some(ended) = started(test, Conduct::Take, &variables, program) else { return };
    assert_eq!(ended.lines_with("LOG resilience_runtime::otlp"), 1, "{ended:#?}");
}

#[test]
fn a_log_beside_it_hears_of_a_collector_that_is_down_once() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let test = "program::loss::a_log_beside_it_hears_of_a_collector_that_is_down_once";
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

#[test]
fn what_a_collector_leaves_out_is_counted() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::loss::what_a_collector_leaves_out_is_counted";
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
    let test = "program::loss::what_comes_while_the_queue_is_full_is_counted_and_said_once";
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
    let test = "program::loss::a_guard_that_is_dropped_without_shutdown_says_so";
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
