//! Telemetry that is being sent, and its end.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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
    /// Begins the work, each provider's on a thread of its own, since it blocks.
    fn begin(&self, work: Work) -> Arc<Begun> {
        let Self { tracer, meter, logger } = self.clone();
        let begun = Arc::new(Begun::default());
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
            let part = Part::of(&begun);
            let worker = thread::Builder::new().name("resilience-otlp-end".to_owned());
            // A thread that cannot start is work that is not done; the report shows it.
            let _ = worker.spawn(move || {
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                work();
                drop(part);
            });
        }
        begun
    }
}

/// Work that was begun, in parts.
#[derive(Debug, Default)]
struct Begun {
    parts: Mutex<usize>,
    changed: Condvar,
}

impl Begun {
    fn change(&self, change: impl FnOnce(&mut usize)) {
        change(&mut self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Blocks until all of it is done, for `limit` at the most.
    fn wait(&self, limit: Duration) {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether it is done shows in the report.
        let _ = self.changed.wait_timeout_while(parts, limit, |parts| *parts > 0);
    }
}

/// A part of it, which is done when this is dropped.
struct Part(Arc<Begun>);

impl Part {
    fn of(begun: &Arc<Begun>) -> Self {
        begun.change(|parts| *parts += 1);
        Self(Arc::clone(begun))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.0.change(|parts| *parts -= 1);
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
    /// The shutdown that is under way.
    ending: Option<Arc<Begun>>,
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
        Self { ledger, providers, filters, shutdown_timeout, ending: None, alive: Some((installed, runtime)) }
    }

    /// Variables make no sense, and there is no subscriber yet to hear of them.
    pub(super) fn tell_later(&self, warnings: Vec<String>) {
        self.ledger.tell_later(warnings);
    }

    /// Spans and log events as a layer, for a subscriber of the program's own.
    ///
    /// One of it is enough, in the global subscriber: what a collector says that it left out of a batch is told on a
    /// thread of its own, and counted there. It has its own filters: the level of the
    /// [builder](TelemetryBuilder::level), and none of what exporting tells of itself. That it keeps from the layers
    /// beside it too, so that a log has one line of a collector that is down, and not those of the SDK for each batch.
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
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.layer_among_others(false)
    }

    /// The same, which shows our own lines on the standard error stream too where `writes`.
    pub(super) fn layer_among_others<S>(&self, writes: bool) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let Providers { tracer, logger, .. } = &self.providers;
        let watch = self.watch(writes);
        layer::layer_among_others((tracer, self.filters.0), (logger, self.filters.1), watch)
    }

    /// The layer that is the only one, and shows our own lines, as nothing else would.
    pub(super) fn layer_alone<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let Providers { tracer, logger, .. } = &self.providers;
        layer::layer((tracer, self.filters.0), (logger, self.filters.1), self.watch(true))
    }

    fn watch(&self, writes: bool) -> Watch {
        Watch { ledger: Arc::clone(&self.ledger), writes }
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
        let begun = self.ending.insert(self.providers.begin(Work::Shutdown(limit)));
        wait(Arc::clone(begun), limit).await;
        self.alive = None;
        self.ledger.last_report()
    }

    /// Ends without a word: it never was in place.
    pub(super) fn discard(mut self) {
        self.end();
    }

    /// Ends within [`DROP_TIMEOUT`], in which the thread is blocked.
    fn end(&mut self) {
        let begun = self.ending.take();
        let begun = begun.unwrap_or_else(|| self.providers.begin(Work::Shutdown(DROP_TIMEOUT)));
        begun.wait(DROP_TIMEOUT);
        self.alive = None;
    }
}

/// Waits on a thread of its own, so that it does not matter what this is polled on.
async fn wait(begun: Arc<Begun>, limit: Duration) {
    let (tell, told) = oneshot::channel::<()>();
    let waiter = thread::Builder::new().name("resilience-otlp-end".to_owned());
    let _ = waiter.spawn(move || {
        begun.wait(limit);
        drop(tell);
    });
    let _ = told.await;
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if self.alive.is_none() {
            return;
        }
        self.end();
        notice::abandoned(&self.ledger.last_report());
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("report", &self.report()).finish_non_exhaustive()
    }
}
