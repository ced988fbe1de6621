//! What the environment and the program say, and which of them holds.

use std::time::Duration;

use resilience_runtime::telemetry::{self, Telemetry, TelemetryError};
use resilience_tests::receiver::{Conduct, Value};
use tracing::level_filters::LevelFilter;

use super::{calls, plain, run, started};

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
    let test = "program::environment::the_environment_alone_says_where_to_and_how";
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
    let test = "program::environment::what_the_program_says_holds_over_the_environment";
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
    let test = "program::environment::exporting_is_not_exported";
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
    let test = "program::environment::a_header_of_the_program_holds_over_that_of_the_environment";
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
    let test = "program::environment::the_environment_can_switch_all_of_it_off";
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
    let test = "program::environment::a_signal_that_is_switched_off_is_not_sent";
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
    let test = "program::environment::no_span_is_made_for_metrics_alone";
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
    let test = "program::environment::a_variable_that_cannot_be_read_is_said_once_and_left_out";
    let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
    assert_eq!(ended.received.spans.len(), 10);
    assert_eq!(ended.lines_with("`OTEL_EXPORTER_OTLP_PROTOCOL` is `carrier-pigeon`"), 1, "{ended:#?}");
    assert_eq!(ended.lines_with("`OTEL_TRACES_SAMPLER_ARG` is `most`"), 1, "{ended:#?}");
}

/// Were it as the SDK reads it, metrics would be sent without a pause, and threads never sleep.
#[test]
fn a_zero_that_is_left_out_is_not_in_force() {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "0"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        // They would be sent after a second, which a program takes where the machine has other things to do.
        ("OTEL_LOGS_EXPORTER", "none"),
    ];
    let test = "program::environment::a_zero_that_is_left_out_is_not_in_force";
    let Some(ended) = started(test, Conduct::Take, &variables, plain) else { return };
    assert_eq!(ended.received.spans.len(), 10, "{ended:#?}");
    // One for each signal, at the end.
    assert_eq!(ended.received.requests, 2);
    for (name, _) in variables.iter().filter(|(_, value)| *value == "0") {
        let line = format!("`{name}` is `0`, which is not a ");
        assert_eq!(
            ended.lines.iter().filter(|it| it.contains(&line) && it.contains(" from 1; ")).count(),
            1,
            "{name}: {ended:#?}"
        );
    }
}

/// Without it, what two processes of one service count would be one series.
#[test]
fn each_process_is_an_instance_of_its_own_unless_it_is_said() {
    let test = "program::environment::each_process_is_an_instance_of_its_own_unless_it_is_said";
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
fn a_second_subscriber_is_refused() {
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "{http}")];
    let test = "program::environment::a_second_subscriber_is_refused";
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
fn an_address_without_a_scheme_is_refused_and_says_what_to_write() {
    for (builder, address) in [
        (Telemetry::builder().grpc("localhost:4317"), "localhost:4317"),
        (Telemetry::builder().http("localhost:4318/"), "localhost:4318/v1/traces"),
    ] {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.ends_with(&format!("`{address}` has no scheme; write `http://{address}`")), "{error}");
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    for builder in [Telemetry::builder().http("not an address"), Telemetry::builder().grpc("not an address")]
    {
        let error = builder.timeout(Duration::from_secs(1)).build().unwrap_err();
        assert!(matches!(error, TelemetryError::Exporter(_)), "{error:?}");
    }
}

/// Cargo turns on TLS for all programs of a workspace, or for none: with it, this would be another error, or none.
#[test]
fn an_address_with_tls_is_refused_by_grpc_in_a_program_without() {
    let error = Telemetry::builder().grpc("https://127.0.0.1:1").build().unwrap_err().to_string();
    assert!(error.contains("uses HTTPS but no TLS feature is enabled"), "{error}");
}
