//! Exporters and processors around those of the SDK, which count what passes.

use core::fmt;
use core::future::Future;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::logs::{LogRecord as _, Severity};
use opentelemetry::{Context, InstrumentationScope};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::logs::{LogBatch, LogExporter, LogProcessor, SdkLogRecord};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};
use tokio::runtime::Handle;

use super::client::Cause;
use super::delivery::Ledger;
use super::environment::Signal;
use super::runtime::within;
use super::settings::Export;

/// What comes on top of the time that the SDK gives an export, before it is given up here: a connection that is
/// neither made nor refused is not in the SDK's account.
const GRACE: Duration = Duration::from_millis(500);

/// An address without what may be a secret: who asks, and a query.
fn shown(address: &str) -> String {
    let address = address.split_once('?').map_or(address, |(address, _)| address);
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// An exporter that counts.
pub(super) struct Counting<E> {
    exporter: E,
    ledger: Arc<Ledger>,
    runtime: Handle,
    limit: Duration,
    /// Where to, as it may be shown.
    address: String,
    cause: Cause,
}

impl<E> Counting<E> {
    pub(super) fn new(
        exporter: E,
        ledger: Arc<Ledger>,
        runtime: Handle,
        export: &Export,
        cause: Cause,
    ) -> Self {
        let limit = export.timeout.saturating_add(GRACE);
        Self { exporter, ledger, runtime, limit, address: shown(&export.endpoint), cause }
    }

    /// Waits for an export of so many, and counts how it ended.
    async fn settle(
        &self,
        signal: Signal,
        count: u64,
        export: impl Future<Output = OTelSdkResult>,
    ) -> OTelSdkResult {
        let result = within(&self.runtime, self.limit, export).await;
        let result = result.unwrap_or(Err(OTelSdkError::Timeout(self.limit)));
        let cause = self.cause.take().map(|cause| format!(": {cause}")).unwrap_or_default();
        match &result {
            Ok(()) => self.ledger.settle(signal, count, Ok(())),
            Err(error) => {
                let error = format!("{}: {error}{cause}", self.address);
                self.ledger.settle(signal, count, Err(&error));
            }
        }
        result
    }
}

impl<E> fmt::Debug for Counting<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counting").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<E: SpanExporter> SpanExporter for Counting<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        self.settle(Signal::Traces, count, self.exporter.export(batch)).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for Counting<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let count = batch.iter().count() as u64;
        self.settle(Signal::Logs, count, self.exporter.export(batch)).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        self.exporter.event_enabled(level, target, name)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: PushMetricExporter> PushMetricExporter for Counting<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        // One collection, which is never too many.
        self.ledger.of(Signal::Metrics).admits(u64::MAX);
        self.settle(Signal::Metrics, 1, self.exporter.export(metrics)).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}

/// A processor that hands in no more than the queue holds, and counts the rest.
#[derive(Debug)]
pub(super) struct Bounded<P> {
    pub(super) processor: P,
    pub(super) ledger: Arc<Ledger>,
    pub(super) queue: u64,
    /// Whether it is shut down: what comes then is lost, and the SDK would say so in the middle of the program's own
    /// event, where layers beside ours lose track of what they wanted to hear.
    pub(super) is_over: AtomicBool,
}

impl<P> Bounded<P> {
    fn admits(&self, signal: Signal) -> bool {
        // Relaxed: what comes while it ends may be sent or not.
        let queue = if self.is_over.load(Ordering::Relaxed) { 0 } else { self.queue };
        self.ledger.of(signal).admits(queue)
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, cx: &Context) {
        self.processor.on_start(span, cx);
    }

    fn on_end(&self, span: SpanData) {
        if self.admits(Signal::Traces) {
            self.processor.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.end();
        self.processor.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

/// Whether it is what `tracing` calls an event that has no name: `event src/main.rs:12`. A name says which kind of event
/// a log event is, and one that is empty is not sent.
fn is_place(name: &str) -> bool {
    let place = name.strip_prefix("event ").and_then(|place| place.rsplit_once(".rs:"));
    place.is_some_and(|(_, line)| line.bytes().all(|digit| digit.is_ascii_digit()))
}

impl<P: LogProcessor> LogProcessor for Bounded<P> {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        if self.admits(Signal::Logs) {
            // A `tracing` event has no time of its own, and backends show one without as of 1970.
            if let (None, Some(observed)) = (record.timestamp(), record.observed_timestamp()) {
                record.set_timestamp(observed);
            }
            if record.event_name().is_some_and(is_place) {
                record.set_event_name("");
            }
            self.processor.emit(record, scope);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.end();
        self.processor.shutdown_with_timeout(timeout)
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        self.processor.event_enabled(level, target, name)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_secrets() {
        assert_eq!(shown("http://me:pass@host:1/v1/traces?key=word"), "http://host:1/v1/traces");
        assert_eq!(shown("https://host/a@b"), "https://host/a@b");
        assert_eq!(shown("unix:///tmp/socket"), "unix:///tmp/socket");
    }

    #[test]
    fn a_place_in_the_source_is_told_from_a_name() {
        assert!(is_place("event src/main.rs:12"));
        assert!(is_place("event /home/me/src/a:b.rs:1"));
        assert!(!is_place("reliability.retry.scheduled"));
        assert!(!is_place("event of the year"));
        assert!(!is_place("event main.rs:first"));
    }
}
