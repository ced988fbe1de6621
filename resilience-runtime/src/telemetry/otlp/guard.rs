//! Telemetry that is being sent, and its end.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, mpsc};
use std::thread;

use opentelemetry::Context;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::oneshot;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::builder::TelemetryBuilder;
use super::delivery::{Ledger, Report};
use super::layer::{self, Exported};
use super::notice::{self, Watch};
use super::runtime::Runtime;
use crate::telemetry::metrics;

/// The SDK's providers. Clones are the same.
#[derive(Clone)]
pub(super) struct Providers {
    pub(super) tracer: SdkTracerProvider,
    pub(super) meter: SdkMeterProvider,
    pub(super) logger: SdkLoggerProvider,
}

/// What is done with all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Flush,
    Shutdown(Duration),
}

impl Providers {
    /// Begins the work, each provider's on a thread of its own, since it blocks. Whoever receives is disconnected when
    /// all of it is done.
    fn begin(&self, work: Work) -> mpsc::Receiver<()> {
        let Self { tracer, meter, logger } = self.clone();
        let (done, all_done) = mpsc::channel::<()>();
        // What the providers answer is not always so; the ledger knows better.
        let spans: Box<dyn FnOnce() + Send> = Box::new(move || match work {
            Work::Flush => _ = tracer.force_flush(),
            Work::Shutdown(limit) => _ = tracer.shutdown_with_timeout(limit),
        });
        let metrics: Box<dyn FnOnce() + Send> = Box::new(move || match work {
            Work::Flush => _ = meter.force_flush(),
            Work::Shutdown(limit) => _ = meter.shutdown_with_timeout(limit),
        });
        let logs: Box<dyn FnOnce() + Send> = Box::new(move || match work {
            Work::Flush => _ = logger.force_flush(),
            Work::Shutdown(limit) => _ = logger.shutdown_with_timeout(limit),
        });
        for work in [spans, metrics, logs] {
            let done = done.clone();
            let worker = thread::Builder::new().name("resilience-otlp-end".to_owned());
            // A thread that cannot start is work that is not done; the report shows it.
            let _ = worker.spawn(move || {
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                work();
                drop(done);
            });
        }
        all_done
    }
}

/// Telemetry that is being sent: keep it for as long as the program runs, then [`shutdown`](Self::shutdown).
///
/// Dropped without, it sends what is left for up to two seconds, in which the thread is blocked, and says so in a line of
/// the log.
///
/// ```no_run
/// use resilience_runtime::telemetry::Telemetry;
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let telemetry = Telemetry::builder().service_name("orders").grpc("http://localhost:4317").install()?;
///     // .. the program ..
///     let report = telemetry.shutdown().await;
///     if !report.is_complete() {
///         eprintln!("telemetry: {report}");
///     }
///     Ok(())
/// }
/// ```
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry {
    ledger: Arc<Ledger>,
    providers: Providers,
    filters: (Exported, Exported),
    shutdown_timeout: Duration,
    /// `None` once it is shut down. In the order of their drops: metrics are told until the last collection, and the
    /// runtime sends it.
    alive: Option<(Option<metrics::Installed>, Runtime)>,
}

/// How long a drop waits.
const DROP_TIMEOUT: Duration = Duration::from_secs(2);

impl Telemetry {
    /// Says where telemetry goes; without a word, it is what the environment says.
    pub fn builder() -> TelemetryBuilder {
        TelemetryBuilder::new()
    }

    pub(super) fn new(
        runtime: Runtime,
        ledger: Arc<Ledger>,
        providers: Providers,
        installed: Option<metrics::Installed>,
        filters: (Exported, Exported),
        shutdown_timeout: Duration,
    ) -> Self {
        Self { ledger, providers, filters, shutdown_timeout, alive: Some((installed, runtime)) }
    }

    /// Spans and log events as a layer, for a subscriber of the program's own.
    ///
    /// One of it is enough. It has its own filters: the level of the [builder](TelemetryBuilder::level), and none of what
    /// exporting tells of itself.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use resilience_runtime::telemetry::Telemetry;
    /// use tracing_subscriber::layer::SubscriberExt as _;
    ///
    /// let telemetry = Telemetry::builder().service_name("orders").build()?;
    /// let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    /// tracing::subscriber::set_global_default(subscriber)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.layer_of(false)
    }

    /// The same, which shows our own lines, where nothing else would.
    pub(super) fn layer_that_writes<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.layer_of(true)
    }

    fn layer_of<S>(&self, writes: bool) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let Providers { tracer, logger, .. } = &self.providers;
        let watch = Watch { ledger: Arc::clone(&self.ledger), writes };
        layer::layer((tracer, self.filters.0), (logger, self.filters.1), watch)
    }

    /// What was delivered so far, and what was not.
    #[must_use]
    pub fn report(&self) -> Report {
        self.ledger.report()
    }

    /// Sends everything that waits, and says how all of it was delivered so far. What is under way after
    /// [`shutdown_timeout`](TelemetryBuilder::shutdown_timeout) is still pending then.
    ///
    /// On any runtime, and on none. Cancel safe: dropped, it goes on by itself.
    pub async fn flush(&self) -> Report {
        wait(self.providers.begin(Work::Flush), self.shutdown_timeout).await;
        self.ledger.report()
    }

    /// Sends everything that waits, collects metrics for the last time, and ends. What has not arrived within
    /// [`shutdown_timeout`](TelemetryBuilder::shutdown_timeout) is given up.
    ///
    /// On any runtime, and on none. Dropped before it is ready, it is as if the telemetry itself had been dropped: the
    /// thread is blocked for the rest.
    pub async fn shutdown(mut self) -> Report {
        let limit = self.shutdown_timeout;
        wait(self.providers.begin(Work::Shutdown(limit)), limit).await;
        self.alive = None;
        self.ledger.last_report()
    }

    /// Ends without a word: it never was in place.
    pub(super) fn discard(mut self) {
        let all_done = self.providers.begin(Work::Shutdown(DROP_TIMEOUT));
        let _ = all_done.recv_timeout(DROP_TIMEOUT);
        self.alive = None;
    }
}

/// Waits on a thread of its own, so that it does not matter what this is polled on.
async fn wait(all_done: mpsc::Receiver<()>, limit: Duration) {
    let (tell, told) = oneshot::channel::<()>();
    let waiter = thread::Builder::new().name("resilience-otlp-end".to_owned());
    let _ = waiter.spawn(move || {
        let _ = all_done.recv_timeout(limit);
        drop(tell);
    });
    let _ = told.await;
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if self.alive.is_none() {
            return;
        }
        let all_done = self.providers.begin(Work::Shutdown(DROP_TIMEOUT));
        let _ = all_done.recv_timeout(DROP_TIMEOUT);
        self.alive = None;
        notice::abandoned(&self.ledger.last_report());
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("report", &self.report()).finish_non_exhaustive()
    }
}
