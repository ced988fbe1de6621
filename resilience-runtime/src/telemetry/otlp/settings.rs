//! What holds for one installation: what the program says, and where it says nothing, the environment.

use core::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_sdk::trace::Sampler;
use tracing::level_filters::LevelFilter;

use super::builder::TelemetryBuilder;
use super::environment::{Environment, Protocol, Signal, at};

/// How long a span may wait for others when it is to be sent at once. Without any wait there would be a request each.
const IMMEDIATE: Duration = Duration::from_millis(50);

/// How often metrics are collected then.
const IMMEDIATE_METRICS: Duration = Duration::from_secs(1);

/// How often they are collected otherwise.
const INTERVAL: Duration = Duration::from_secs(60);

/// How many spans, and how many log events, may wait to be sent.
const QUEUE: usize = 2048;

/// How many of them are one request.
const SIZE: usize = 512;

/// How long spans, and log events, wait for others.
const DELAYS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(1)];

/// How one signal is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Export {
    pub(super) protocol: Protocol,
    pub(super) endpoint: String,
    pub(super) timeout: Duration,
}

/// How spans, or log events, wait for each other. All of it is told to the SDK: it reads the variables too, and takes a
/// zero that is left out here for no wait at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Batch {
    pub(super) queue: usize,
    pub(super) size: usize,
    pub(super) delay: Duration,
}

/// All that holds.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) traces: Option<Export>,
    pub(super) metrics: Option<Export>,
    pub(super) logs: Option<Export>,
    pub(super) sampler: Sampler,
    pub(super) spans: Batch,
    pub(super) log_events: Batch,
    pub(super) interval: Duration,
    pub(super) headers: HeaderMap,
    pub(super) level: LevelFilter,
    pub(super) trace_context: bool,
    pub(super) baggage: bool,
    pub(super) warnings: Vec<String>,
}

impl Settings {
    pub(super) fn new(said: &TelemetryBuilder, get: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut environment = Environment::new(get);
        let is_on = !environment.is_disabled();
        let [traces, metrics, logs] = Signal::ALL.map(|signal| {
            let is_sent = is_on && environment.sends(signal);
            is_sent.then(|| export(said, &mut environment, signal))
        });
        let immediate = said.is_immediate.then_some(IMMEDIATE);
        let mut batch = |prefix: &str, default: Duration| {
            let delay = environment.millis(&format!("{prefix}_SCHEDULE_DELAY")).unwrap_or(default);
            let size = environment.count(&format!("{prefix}_MAX_EXPORT_BATCH_SIZE")).unwrap_or(SIZE);
            let queue = environment.count(&format!("{prefix}_MAX_QUEUE_SIZE")).unwrap_or(QUEUE);
            Batch { queue, size, delay: immediate.unwrap_or(delay) }
        };
        let (spans, log_events) = (batch("OTEL_BSP", DELAYS[0]), batch("OTEL_BLRP", DELAYS[1]));
        let of_environment = environment.sampler();
        let sampler =
            said.sample_ratio.map(|ratio| Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))));
        let interval = environment.millis("OTEL_METRIC_EXPORT_INTERVAL");
        let immediate = said.is_immediate.then_some(IMMEDIATE_METRICS);
        let (trace_context, baggage) = environment.propagators();
        environment.check();
        let headers = headers(said, &mut environment.warnings);
        Self {
            traces,
            metrics,
            logs,
            sampler: sampler.unwrap_or(of_environment),
            spans,
            log_events,
            interval: said.metric_interval.or(immediate).or(interval).unwrap_or(INTERVAL),
            headers,
            level: said.level,
            trace_context: is_on && trace_context,
            baggage: is_on && baggage,
            warnings: environment.warnings,
        }
    }
}

fn export(said: &TelemetryBuilder, environment: &mut Environment<'_>, signal: Signal) -> Export {
    let timeout = environment.timeout(signal);
    let timeout = said.timeout.unwrap_or(timeout);
    let (protocol, endpoint) = if let Some((protocol, address)) = &said.collector {
        (*protocol, at(address, signal, *protocol))
    } else {
        let protocol = environment.protocol(signal);
        (protocol, environment.endpoint(signal, protocol))
    };
    Export { protocol, endpoint, timeout }
}

/// Those that are headers. Of the others the name is told: the value may be a secret.
fn headers(said: &TelemetryBuilder, warnings: &mut Vec<String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &said.headers {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                // So that nothing shows it.
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            _ => warnings.push(format!("`{name}` with its value is no header; it is left out")),
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: &[(&str, &str)] = &[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://environment:4317"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "7"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ];

    fn settings(said: &TelemetryBuilder, variables: &[(&str, &str)]) -> Settings {
        let get = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Settings::new(said, &get)
    }

    #[test]
    fn the_environment_holds_where_the_program_says_nothing() {
        let settings = settings(&TelemetryBuilder::new(), VARIABLES);
        let expected = Export {
            protocol: Protocol::Grpc,
            endpoint: "http://environment:4317".to_owned(),
            timeout: Duration::from_millis(250),
        };
        assert_eq!(settings.traces, Some(expected.clone()));
        assert_eq!(settings.metrics, Some(expected));
        assert_eq!(settings.logs, None);
        assert_eq!(format!("{:?}", settings.sampler), "AlwaysOff");
        assert_eq!((settings.spans.queue, settings.log_events.queue), (7, QUEUE));
        assert_eq!(settings.interval, Duration::from_secs(5));
        assert_eq!(settings.warnings, Vec::<String>::new());
    }

    #[test]
    fn what_the_program_says_holds_over_the_environment() {
        let said = TelemetryBuilder::new()
            .http("http://program:4318/")
            .timeout(Duration::from_secs(1))
            .sample_ratio(0.5)
            .metric_interval(Duration::from_secs(2))
            .immediate();
        let settings = settings(&said, VARIABLES);
        let traces = settings.traces.unwrap();
        assert_eq!(traces.protocol, Protocol::Http);
        assert_eq!(traces.endpoint, "http://program:4318/v1/traces");
        assert_eq!(traces.timeout, Duration::from_secs(1));
        assert_eq!(format!("{:?}", settings.sampler), "ParentBased(TraceIdRatioBased(0.5))");
        assert_eq!(settings.interval, Duration::from_secs(2));
        assert_eq!(settings.spans.delay, IMMEDIATE);
    }

    #[test]
    fn what_is_left_out_of_the_environment_is_not_left_to_the_sdk() {
        let variables = [
            ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_BLRP_SCHEDULE_DELAY", " 300 "),
        ];
        let settings = settings(&TelemetryBuilder::new(), &variables);
        assert_eq!(settings.interval, INTERVAL);
        assert_eq!(settings.spans, Batch { queue: QUEUE, size: SIZE, delay: Duration::from_secs(5) });
        assert_eq!(settings.log_events.delay, Duration::from_millis(300));
        assert_eq!(settings.warnings.len(), 4, "{:#?}", settings.warnings);
    }

    #[test]
    fn no_header_is_shown_with_its_value() {
        let said = TelemetryBuilder::new().header("Authorization", "Bearer secret");
        let shown = format!("{said:?} {:?}", settings(&said, &[]));
        assert!(shown.contains("authorization") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn what_is_no_header_is_left_out_and_said_without_its_value() {
        let said = TelemetryBuilder::new().header("X-Token", "secret").header("not one", "hidden");
        let settings = settings(&said, &[]);
        assert_eq!(settings.headers.len(), 1);
        assert_eq!(settings.headers["x-token"], "secret");
        assert_eq!(settings.warnings, ["`not one` with its value is no header; it is left out"]);
    }

    #[test]
    fn nothing_is_sent_when_the_environment_switches_it_off() {
        let said = TelemetryBuilder::new().grpc("http://program:4317");
        let settings = settings(&said, &[("OTEL_SDK_DISABLED", "TRUE")]);
        assert!(settings.traces.is_none() && settings.metrics.is_none() && settings.logs.is_none());
        assert!(!settings.trace_context);
    }
}
