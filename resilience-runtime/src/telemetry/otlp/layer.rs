//! The layers: spans and log events to OpenTelemetry, and what keeps exporting from telling of itself.

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::notice::{self, Watch, Watched};

/// The libraries that exporting is made of. What they tell of the program's own requests is exported; what they tell
/// of exporting is told on a thread where nothing is.
const TRANSPORTS: &[&str] = &["h2", "hyper", "hyper_util", "reqwest", "rustls", "tonic", "tower"];

/// Lets through what is to be exported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exported {
    level: LevelFilter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The program.
    Program,
    /// A library that the program may use, and exporting does.
    Transport,
    /// Exporting itself.
    Exporting,
}

impl Source {
    fn of(target: &str) -> Self {
        let root = target.split("::").next().unwrap_or(target);
        if root.starts_with("opentelemetry") || root == "tracing_opentelemetry" || target == notice::TARGET {
            Self::Exporting
        } else if TRANSPORTS.contains(&root) {
            Self::Transport
        } else {
            Self::Program
        }
    }
}

impl Exported {
    /// Nothing at all where `is_on` is false, at no cost.
    pub(super) fn new(is_on: bool, level: LevelFilter) -> Self {
        Self { level: if is_on { level } else { LevelFilter::OFF } }
    }
}

impl<S> Filter<S> for Exported {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        *metadata.level() <= self.level
            && match Source::of(metadata.target()) {
                Source::Program => true,
                Source::Transport => !OtelContext::is_current_telemetry_suppressed(),
                Source::Exporting => false,
            }
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if *metadata.level() > self.level {
            return Interest::never();
        }
        match Source::of(metadata.target()) {
            Source::Program => Interest::always(),
            Source::Transport => Interest::sometimes(),
            Source::Exporting => Interest::never(),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }
}

/// Spans, log events, and the watch on exporting, as one layer.
pub(super) fn layer<S>(
    traces: (&SdkTracerProvider, Exported),
    logs: (&SdkLoggerProvider, Exported),
    watch: Watch,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let spans = tracing_opentelemetry::layer()
        .with_tracer(traces.0.tracer(env!("CARGO_PKG_NAME")))
        // Calls have `code.*` of their own, and the others would say where in this crate a span is opened.
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        // An error that is logged is not the end of the call it is logged in.
        .with_error_events_to_status(false)
        .with_filter(traces.1);
    let events = OpenTelemetryTracingBridge::new(logs.0).with_filter(logs.1);
    spans.and_then(events).and_then(watch.with_filter(Watched))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exporting_is_told_from_the_program() {
        assert_eq!(Source::of("reliability"), Source::Program);
        assert_eq!(Source::of("towering::inferno"), Source::Program);
        assert_eq!(Source::of("tower::buffer"), Source::Transport);
        assert_eq!(Source::of("h2"), Source::Transport);
        assert_eq!(Source::of("opentelemetry-otlp"), Source::Exporting);
        assert_eq!(Source::of("opentelemetry_sdk::trace"), Source::Exporting);
        assert_eq!(Source::of(notice::TARGET), Source::Exporting);
    }
}
