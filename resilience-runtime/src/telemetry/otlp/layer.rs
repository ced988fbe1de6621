//! The layers: spans and log events to OpenTelemetry, and what keeps exporting from telling of itself.

use std::sync::OnceLock;

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::dispatcher::WeakDispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::errors;
use super::notice::{self, Watch};

/// The libraries that exporting is made of. What they tell of the program's own requests is exported; what they tell
/// of exporting is told on a thread where nothing is.
const TRANSPORTS: &[&str] = &["h2", "hyper", "hyper_util", "reqwest", "rustls", "tonic", "tower"];

/// Lets through what is to be exported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exported {
    level: LevelFilter,
    part: Part,
}

/// What of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Spans, and their events but errors.
    Spans,
    /// Log events; errors too where only spans are exported, and what exporting has to say.
    Events { has_errors: bool },
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
        Self { level: if is_on { level } else { LevelFilter::OFF }, part: Part::Spans }
    }

    fn lets_through(self, metadata: &Metadata<'_>) -> bool {
        let is_error = errors::is_error(metadata);
        match self.part {
            Part::Spans if is_error => false,
            Part::Events { has_errors: true } if is_error => true,
            _ => *metadata.level() <= self.level,
        }
    }

    fn is_watched(self, metadata: &Metadata<'_>) -> bool {
        self.part != Part::Spans && notice::is_watched(metadata)
    }
}

impl<S> Filter<S> for Exported {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        match Source::of(metadata.target()) {
            Source::Exporting => self.is_watched(metadata),
            _ if !self.lets_through(metadata) => false,
            Source::Program => true,
            Source::Transport => !OtelContext::is_current_telemetry_suppressed(),
        }
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        match Source::of(metadata.target()) {
            Source::Exporting if self.is_watched(metadata) => Interest::always(),
            Source::Exporting => Interest::never(),
            _ if !self.lets_through(metadata) => Interest::never(),
            Source::Program => Interest::always(),
            Source::Transport => Interest::sometimes(),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if self.part == Part::Spans { self.level } else { self.level.max(LevelFilter::INFO) })
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
        .with_filter(traces.1);
    let has_errors = traces.1.level >= LevelFilter::ERROR;
    let filter = Exported { part: Part::Events { has_errors }, ..logs.1 };
    let events = Events {
        bridge: OpenTelemetryTracingBridge::new(logs.0),
        level: logs.1.level,
        has_errors,
        watch,
        dispatch: OnceLock::new(),
    };
    spans.and_then(events.with_filter(filter))
}

/// The same beside layers of the program, from which it keeps what is told on the threads that export.
pub(super) fn layer_among_others<S>(
    traces: (&SdkTracerProvider, Exported),
    logs: (&SdkLoggerProvider, Exported),
    watch: Watch,
) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    layer(traces, logs, watch).and_then(Quiet)
}

/// Keeps from all layers what the SDK and its transports tell while they export: it is lines for every batch that is
/// lost, at `WARN` and `ERROR`, and our own line has said it. What they tell elsewhere is the program's.
struct Quiet;

impl Quiet {
    fn keeps(metadata: &Metadata<'_>) -> bool {
        Source::of(metadata.target()) != Source::Program && !notice::is_watched(metadata)
    }
}

impl<S: Subscriber> Layer<S> for Quiet {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if Self::keeps(metadata) { Interest::sometimes() } else { Interest::always() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        !Self::keeps(metadata) || !OtelContext::is_current_telemetry_suppressed()
    }
}

/// Log events, the errors of spans, and what exporting has to say. In one layer: where several filters differ, nothing
/// is decided once and for all, and each span and each event asks them again.
struct Events<B> {
    bridge: B,
    level: LevelFilter,
    has_errors: bool,
    watch: Watch,
    dispatch: OnceLock<WeakDispatch>,
}

impl<S, B> Layer<S> for Events<B>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    B: Layer<S>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _ = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let metadata = event.metadata();
        if Source::of(metadata.target()) == Source::Exporting {
            return self.watch.look_at(event);
        }
        if self.has_errors && errors::is_error(metadata) {
            errors::add(event, self.dispatch.get());
        }
        if *metadata.level() <= self.level {
            self.bridge.on_event(event, cx);
        }
    }
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
