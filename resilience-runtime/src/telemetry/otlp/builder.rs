//! What a program can say of where its telemetry goes.

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;

use opentelemetry::{Key, KeyValue, Value};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry};

use super::environment::Protocol;
use super::guard::Telemetry;
use super::notice;
use super::settings::Settings;
use super::setup;

/// Where telemetry goes, and how: see [`Telemetry::builder`].
///
/// What is not said here is taken from the environment, and from its defaults where that says nothing either: see
/// [the module](super) for which variables there are.
#[derive(Clone)]
#[must_use = "nothing is sent before `install` or `build`"]
pub struct TelemetryBuilder {
    pub(super) collector: Option<(Protocol, String)>,
    pub(super) headers: HashMap<String, String>,
    pub(super) service_name: Option<String>,
    pub(super) resource: Vec<KeyValue>,
    pub(super) sample_ratio: Option<f64>,
    pub(super) timeout: Option<Duration>,
    pub(super) shutdown_timeout: Duration,
    pub(super) metric_interval: Option<Duration>,
    pub(super) is_immediate: bool,
    pub(super) level: LevelFilter,
}

impl TelemetryBuilder {
    pub(super) fn new() -> Self {
        Self {
            collector: None,
            headers: HashMap::new(),
            service_name: None,
            resource: Vec::new(),
            sample_ratio: None,
            timeout: None,
            shutdown_timeout: Duration::from_secs(5),
            metric_interval: None,
            is_immediate: false,
            level: LevelFilter::INFO,
        }
    }

    /// Sends by gRPC to the collector at `address`, such as `http://localhost:4317`.
    pub fn grpc(mut self, address: impl Into<String>) -> Self {
        self.collector = Some((Protocol::Grpc, address.into()));
        self
    }

    /// Sends by HTTP (protobuf) to the collector at `address`, such as `http://localhost:4318`, without the path of a
    /// signal.
    pub fn http(mut self, address: impl Into<String>) -> Self {
        self.collector = Some((Protocol::Http, address.into()));
        self
    }

    /// Sends this header with every request, as for authentication. What is no header is
    /// left out, with a line in the log.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into().to_ascii_lowercase(), value.into());
        self
    }

    /// What the service is called: `service.name`.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Says this of where everything comes from, such as `deployment.environment.name`.
    pub fn resource(mut self, key: impl Into<Key>, value: impl Into<Value>) -> Self {
        self.resource.push(KeyValue::new(key, value));
        self
    }

    /// Samples this share of the traces that begin here, from 0 to 1; of a trace that began elsewhere, what was decided
    /// there holds. All of them by default.
    ///
    /// # Panics
    ///
    /// When it is not from 0 to 1.
    #[track_caller]
    pub fn sample_ratio(mut self, ratio: f64) -> Self {
        assert!((0.0..=1.0).contains(&ratio), "`sample_ratio` is {ratio}; it is a share, from 0 to 1");
        self.sample_ratio = Some(ratio);
        self
    }

    /// How long the delivery of one batch may take, with all its retries; 10 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long [`Telemetry::shutdown`] and [`Telemetry::flush`] wait at the most; 5 s by default.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// How often metrics are collected and sent; every 60 s by default.
    pub fn metric_interval(mut self, interval: Duration) -> Self {
        self.metric_interval = Some(interval);
        self
    }

    /// Sends spans and log events a twentieth of a second after they end, and metrics every second, to watch a program
    /// while it is written.
    ///
    /// Otherwise they wait for others, up to 5 s and 1 s (`OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BLRP_SCHEDULE_DELAY`).
    pub fn immediate(mut self) -> Self {
        self.is_immediate = true;
        self
    }

    /// Spans and log events up to this level; [`LevelFilter::INFO`] by default, which shows calls and attempts. With
    /// [`LevelFilter::DEBUG`] there are waits and scheduled retries too.
    pub fn level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Sends everything, of the whole process: makes the subscriber, and it the global default.
    ///
    /// Needs no tokio runtime, and may be called on one.
    ///
    /// # Errors
    ///
    /// [`TelemetryError::SubscriberSet`] when there is a global subscriber already, and those of [`build`](Self::build).
    pub fn install(self) -> Result<Telemetry, TelemetryError> {
        // Without a layer that does nothing: one without a filter wants every span there is.
        self.install_as(|telemetry| {
            Dispatch::new(tracing_subscriber::registry().with(telemetry.layer_alone()))
        })
    }

    /// As [`install`](Self::install), with another layer beside: one that shows calls on the terminal, or writes a log.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), resilience_runtime::telemetry::TelemetryError> {
    /// use resilience_runtime::telemetry::Telemetry;
    ///
    /// # let my_layer = tracing_subscriber::layer::Identity::new();
    /// let telemetry = Telemetry::builder().service_name("orders").install_with(my_layer)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`install`](Self::install).
    pub fn install_with<L>(self, layer: L) -> Result<Telemetry, TelemetryError>
    where
        L: Layer<Registry> + Send + Sync,
    {
        self.install_as(|telemetry| {
            Dispatch::new(tracing_subscriber::registry().with(layer).with(telemetry.layer_among_others(true)))
        })
    }

    fn install_as(self, dispatch: impl FnOnce(&Telemetry) -> Dispatch) -> Result<Telemetry, TelemetryError> {
        if tracing::dispatcher::has_been_set() {
            return Err(TelemetryError::SubscriberSet);
        }
        let (telemetry, warnings) = self.start()?;
        if tracing::dispatcher::set_global_default(dispatch(&telemetry)).is_err() {
            telemetry.discard();
            return Err(TelemetryError::SubscriberSet);
        }
        // Only now is there anyone to hear it.
        notice::misread(&warnings);
        Ok(telemetry)
    }

    /// Sends metrics and whatever goes through OpenTelemetry's own interface, and makes the layers for a subscriber of
    /// the program's own: [`Telemetry::layer`].
    ///
    /// OpenTelemetry's global providers and propagator are replaced, as by [`install`](Self::install).
    ///
    /// # Errors
    ///
    /// [`TelemetryError::Exporter`] when an address is none, or by gRPC has the scheme `https` and there is no TLS in the
    /// build; [`TelemetryError::Runtime`] when the thread that exports cannot start. That a collector is not there is no
    /// error.
    pub fn build(self) -> Result<Telemetry, TelemetryError> {
        let (telemetry, warnings) = self.start()?;
        telemetry.tell_later(warnings);
        Ok(telemetry)
    }

    fn start(self) -> Result<(Telemetry, Vec<String>), TelemetryError> {
        let settings = Settings::new(&self, &|name| std::env::var(name).ok());
        let warnings = settings.warnings.clone();
        setup::start(&self, &settings).map(|telemetry| (telemetry, warnings))
    }
}

/// Headers by their names: the values may be secrets.
impl fmt::Debug for TelemetryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelemetryBuilder")
            .field("collector", &self.collector)
            .field("headers", &self.headers.keys())
            .field("service_name", &self.service_name)
            .field("resource", &self.resource)
            .field("sample_ratio", &self.sample_ratio)
            .field("timeout", &self.timeout)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .field("metric_interval", &self.metric_interval)
            .field("is_immediate", &self.is_immediate)
            .field("level", &self.level)
            .finish()
    }
}

/// Why telemetry cannot be sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum TelemetryError {
    /// There is a global `tracing` subscriber already.
    SubscriberSet,
    /// An exporter cannot be made, for the reason given.
    Exporter(String),
    /// The thread that exports cannot be started.
    Runtime(std::io::Error),
}

impl fmt::Display for TelemetryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubscriberSet => f.write_str(
                "there is a global `tracing` subscriber already; call `install` before it is set, or `build` and add \
                 `Telemetry::layer` to it",
            ),
            Self::Exporter(reason) => write!(f, "no exporter for telemetry can be made: {reason}"),
            Self::Runtime(error) => write!(f, "the thread that exports telemetry cannot be started: {error}"),
        }
    }
}

impl std::error::Error for TelemetryError {}
