//! What the `OTEL_*` variables say: which they are, what they may hold, and what is told of one that makes no sense.
//!
//! A variable that is empty is one that is not set. One that cannot be read is left out, with a warning.

use core::time::Duration;

use http::HeaderName;
use opentelemetry_sdk::trace::Sampler;

/// What is sent on its own, with variables and a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    pub(super) const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// As the names of variables call it.
    const fn in_names(self) -> &'static str {
        match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
            Self::Logs => "LOGS",
        }
    }

    /// Where it goes below the address of a collector that speaks HTTP.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Traces => "/v1/traces",
            Self::Metrics => "/v1/metrics",
            Self::Logs => "/v1/logs",
        }
    }
}

/// How a collector is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    Http,
}

impl Protocol {
    /// Where collectors listen if nothing is said.
    pub(super) const fn address(self) -> &'static str {
        match self {
            Self::Grpc => "http://localhost:4317",
            Self::Http => "http://localhost:4318",
        }
    }
}

/// How long a batch may take if nothing is said.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The certificates to be trusted, and that of the program.
const CERTIFICATES: [&str; 3] = ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"];

/// The variables, and what there is to say about them.
pub(super) struct Environment<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Environment<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, warnings: Vec::new() }
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = (self.get)(name)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The value of the first of `names` that is set and that `read` can make sense of.
    fn first<T>(&mut self, names: &[String], expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        for name in names {
            let Some(text) = self.text(name) else { continue };
            let value = read(&text);
            if value.is_some() {
                return value;
            }
            self.warn(format!("`{name}` is `{text}`, which is not {expected}; it is ignored"));
        }
        None
    }

    /// Once: what holds for all signals is read for each.
    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The variable of the signal, and behind it that of all of them.
    fn names(signal: Signal, rest: &str) -> [String; 2] {
        let of_signal = format!("OTEL_EXPORTER_OTLP_{}_{rest}", signal.in_names());
        [of_signal, format!("OTEL_EXPORTER_OTLP_{rest}")]
    }

    /// `OTEL_SDK_DISABLED`.
    pub(super) fn is_disabled(&mut self) -> bool {
        let name = "OTEL_SDK_DISABLED".to_owned();
        self.first(&[name], "`true` or `false`", |text| text.to_ascii_lowercase().parse().ok())
            .unwrap_or(false)
    }

    /// `OTEL_TRACES_EXPORTER` and the like: whether the signal is sent at all.
    pub(super) fn sends(&mut self, signal: Signal) -> bool {
        let name = format!("OTEL_{}_EXPORTER", signal.in_names());
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "otlp" => Some(true),
            "none" => Some(false),
            _ => None,
        };
        self.first(&[name], "`otlp` or `none`", read).unwrap_or(true)
    }

    /// `OTEL_EXPORTER_OTLP_PROTOCOL`, and that of the signal.
    pub(super) fn protocol(&mut self, signal: Signal) -> Protocol {
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "grpc" => Some(Protocol::Grpc),
            "http/protobuf" => Some(Protocol::Http),
            _ => None,
        };
        let names = Self::names(signal, "PROTOCOL");
        self.first(&names, "`grpc` or `http/protobuf`", read).unwrap_or(Protocol::Http)
    }

    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, and that of the signal: where exactly it is sent to.
    pub(super) fn endpoint(&self, signal: Signal, protocol: Protocol) -> String {
        let [of_signal, of_all] = Self::names(signal, "ENDPOINT");
        if let Some(endpoint) = self.text(&of_signal) {
            return endpoint;
        }
        let base = self.text(&of_all);
        at(base.as_deref().unwrap_or(protocol.address()), signal, protocol)
    }

    /// `OTEL_EXPORTER_OTLP_TIMEOUT`, and that of the signal, in milliseconds.
    pub(super) fn timeout(&mut self, signal: Signal) -> Duration {
        let names = Self::names(signal, "TIMEOUT");
        self.first(&names, "a number of milliseconds from 1", millis).unwrap_or(TIMEOUT)
    }

    /// A time of this name in milliseconds.
    pub(super) fn millis(&mut self, name: &str) -> Option<Duration> {
        self.first(&[name.to_owned()], "a number of milliseconds from 1", millis)
    }

    /// A count of this name.
    pub(super) fn count(&mut self, name: &str) -> Option<usize> {
        let read = |text: &str| text.parse().ok().filter(|count| *count > 0);
        self.first(&[name.to_owned()], "a whole number from 1", read)
    }

    /// What the exporters read themselves, and would leave out in silence.
    pub(super) fn check(&mut self) {
        let one_of =
            |text: &str, known: &[&str]| known.contains(&text.to_ascii_lowercase().as_str()).then_some(());
        for signal in Signal::ALL {
            for name in Self::names(signal, "COMPRESSION") {
                self.first(&[name], "`gzip` or `none`", |text| one_of(text, &["gzip", "none"]));
            }
        }
        for name in Signal::ALL.iter().flat_map(|signal| Self::names(*signal, "HEADERS")) {
            self.check_pairs(&name, is_header);
        }
        self.check_pairs("OTEL_RESOURCE_ATTRIBUTES", |name, _| !name.is_empty());
        for name in Signal::ALL.iter().flat_map(|signal| CERTIFICATES.map(|rest| Self::names(*signal, rest)))
        {
            self.check_unread(&name);
        }
        let name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE".to_owned();
        let known = ["cumulative", "delta", "lowmemory"];
        self.first(&[name], "`cumulative`, `delta` or `lowmemory`", |text| one_of(text, &known));
    }

    /// One that other languages know, and nobody here.
    fn check_unread(&mut self, names: &[String]) {
        for name in names {
            if self.text(name).is_some() {
                self.warn(format!(
                    "`{name}` is not read; whom the program trusts says the system, or `SSL_CERT_FILE`"
                ));
            }
        }
    }

    /// A list of `name=value`. What stands there is not told: it may be a secret.
    fn check_pairs(&mut self, name: &str, is_one: impl Fn(&str, &str) -> bool) {
        let Some(list) = self.text(name) else { return };
        let is_pair =
            |part: &str| part.split_once('=').is_some_and(|(name, value)| is_one(name.trim(), value.trim()));
        if !list.split(',').map(str::trim).filter(|part| !part.is_empty()).all(is_pair) {
            self.warn(format!("`{name}` has a part that is not `name=value`; it is ignored"));
        }
    }

    /// `OTEL_TRACES_SAMPLER`, with its argument.
    pub(super) fn sampler(&mut self) -> Sampler {
        let root = |sampler| Sampler::ParentBased(Box::new(sampler));
        let mut ratio = || {
            let read = |text: &str| text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            let name = "OTEL_TRACES_SAMPLER_ARG".to_owned();
            Sampler::TraceIdRatioBased(self.first(&[name], "a number from 0 to 1", read).unwrap_or(1.0))
        };
        let ratio = ratio();
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "always_on" => Some(Sampler::AlwaysOn),
            "always_off" => Some(Sampler::AlwaysOff),
            "traceidratio" => Some(ratio.clone()),
            "parentbased_always_on" => Some(root(Sampler::AlwaysOn)),
            "parentbased_always_off" => Some(root(Sampler::AlwaysOff)),
            "parentbased_traceidratio" => Some(root(ratio.clone())),
            _ => None,
        };
        let expected = "`always_on`, `always_off` or `traceidratio`, or one of these behind `parentbased_`";
        self.first(&["OTEL_TRACES_SAMPLER".to_owned()], expected, read)
            .unwrap_or_else(|| root(Sampler::AlwaysOn))
    }

    /// `OTEL_PROPAGATORS`: whether traces cross to other services, and whether baggage does.
    pub(super) fn propagators(&mut self) -> (bool, bool) {
        let Some(list) = self.text("OTEL_PROPAGATORS") else { return (true, true) };
        let (mut trace_context, mut baggage) = (false, false);
        for name in list.split(',').map(str::trim) {
            match name {
                "tracecontext" => trace_context = true,
                "baggage" => baggage = true,
                "none" | "" => {}
                _ => self.warn(format!(
                    "`OTEL_PROPAGATORS` has `{name}`, which is not `tracecontext`, `baggage` or `none`; it is ignored"
                )),
            }
        }
        (trace_context, baggage)
    }
}

/// Whether it can be a header. Values are percent-encoded, which hides nothing that could not be one.
fn is_header(name: &str, value: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok() && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn millis(text: &str) -> Option<Duration> {
    text.parse().ok().filter(|millis| *millis > 0).map(Duration::from_millis)
}

/// Where a signal is sent to, given the address of the collector.
pub(super) fn at(base: &str, signal: Signal, protocol: Protocol) -> String {
    match protocol {
        Protocol::Grpc => base.to_owned(),
        Protocol::Http => format!("{}{}", base.trim_end_matches('/'), signal.path()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(variables: &[(&str, &str)], ask: impl FnOnce(&mut Environment<'_>) -> T) -> (T, Vec<String>) {
        let get = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let mut environment = Environment::new(&get);
        let answer = ask(&mut environment);
        (answer, environment.warnings)
    }

    #[test]
    fn without_variables_there_are_defaults_and_nothing_to_say() {
        let ((), warnings) = with(&[("OTEL_SDK_DISABLED", ""), ("OTEL_EXPORTER_OTLP_ENDPOINT", " ")], |it| {
            assert!(!it.is_disabled());
            assert!(it.sends(Signal::Logs));
            assert_eq!(it.protocol(Signal::Traces), Protocol::Http);
            assert_eq!(it.endpoint(Signal::Traces, Protocol::Http), "http://localhost:4318/v1/traces");
            assert_eq!(it.endpoint(Signal::Traces, Protocol::Grpc), "http://localhost:4317");
            assert_eq!(it.timeout(Signal::Metrics), Duration::from_secs(10));
            assert_eq!(it.propagators(), (true, true));
            let sampler = it.sampler();
            assert!(
                matches!(&sampler, Sampler::ParentBased(root) if format!("{root:?}") == "AlwaysOn"),
                "{sampler:?}"
            );
        });
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn the_variable_of_a_signal_comes_first_and_is_taken_as_it_is() {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:1/"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:2/here"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "700"),
        ];
        let ((), warnings) = with(&variables, |it| {
            assert_eq!(it.endpoint(Signal::Traces, Protocol::Http), "http://all:1/v1/traces");
            assert_eq!(it.endpoint(Signal::Logs, Protocol::Http), "http://logs:2/here");
            assert_eq!(it.endpoint(Signal::Metrics, Protocol::Grpc), "http://all:1/");
            assert_eq!(it.protocol(Signal::Metrics), Protocol::Grpc);
            assert_eq!(it.protocol(Signal::Logs), Protocol::Http);
            assert_eq!(it.timeout(Signal::Traces), Duration::from_millis(700));
            assert_eq!(it.timeout(Signal::Logs), Duration::from_millis(500));
        });
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_read_is_said_once_and_left_out() {
        let variables = [
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "carrier pigeon"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "soon"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_PROPAGATORS", "tracecontext, b3, b3"),
            ("OTEL_METRICS_EXPORTER", "prometheus"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "brotli"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "temporary"),
        ];
        let ((), warnings) = with(&variables, |it| {
            assert!(!it.is_disabled());
            assert_eq!(it.protocol(Signal::Traces), Protocol::Grpc);
            assert_eq!(it.protocol(Signal::Traces), Protocol::Grpc);
            assert_eq!(it.count("OTEL_BSP_MAX_QUEUE_SIZE"), None);
            assert_eq!(it.millis("OTEL_METRIC_EXPORT_INTERVAL"), None);
            it.sampler();
            it.check();
            assert_eq!(it.propagators(), (true, false));
            assert!(it.sends(Signal::Metrics));
        });
        let named = |name: &str| warnings.iter().filter(|warning| warning.contains(name)).count();
        assert_eq!(warnings.len(), 9, "{warnings:#?}");
        for (name, _) in variables.iter().filter(|(name, _)| *name != "OTEL_EXPORTER_OTLP_PROTOCOL") {
            assert_eq!(named(name), 1, "{name}: {warnings:#?}");
        }
    }

    #[test]
    fn a_list_with_a_part_that_is_no_pair_is_said_without_what_it_holds() {
        let variables = [
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret,hidden"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=b=c, ,d=,e=f%20g"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "no header=hidden"),
            ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "hidden=\u{e9}"),
            ("OTEL_RESOURCE_ATTRIBUTES", "=nameless"),
        ];
        let ((), warnings) = with(&variables, |it| {
            it.check();
            it.check();
        });
        let said = |name: &str| format!("`{name}` has a part that is not `name=value`; it is ignored");
        let names =
            ["HEADERS", "METRICS_HEADERS", "LOGS_HEADERS"].map(|name| format!("OTEL_EXPORTER_OTLP_{name}"));
        let names = names.iter().map(String::as_str).chain(["OTEL_RESOURCE_ATTRIBUTES"]);
        assert_eq!(warnings, names.map(said).collect::<Vec<_>>());
    }

    #[test]
    fn certificates_are_not_read_and_that_is_said_once() {
        let names = ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY"];
        let ((), warnings) = with(&names.map(|name| (name, "/some/file.pem")), |it| {
            it.check();
            it.check();
        });
        let said = |name| {
            format!("`{name}` is not read; whom the program trusts says the system, or `SSL_CERT_FILE`")
        };
        assert_eq!(warnings, names.map(said));
    }

    #[test]
    fn each_sampler_is_known_by_its_name() {
        let shown = |name: &str, ratio: &str| {
            let variables = [("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", ratio)];
            let (shown, warnings) = with(&variables, |it| format!("{:?}", it.sampler()));
            assert_eq!(warnings, Vec::<String>::new());
            shown
        };
        assert_eq!(shown("always_off", ""), "AlwaysOff");
        assert_eq!(shown("traceidratio", "0.25"), "TraceIdRatioBased(0.25)");
        assert_eq!(shown("traceidratio", ""), "TraceIdRatioBased(1.0)");
        assert_eq!(shown("parentbased_traceidratio", "0.5"), "ParentBased(TraceIdRatioBased(0.5))");
        assert_eq!(shown("parentbased_always_off", ""), "ParentBased(AlwaysOff)");
    }
}
