//! What exporting has to say about itself: at most a line for each change, as a `tracing` event with a message.
//!
//! Its target is not that of calls, so that a program can show the one without the other. It is not exported: where it
//! is told, nothing is.

use std::io::{self, Write as _};
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata};

use super::delivery::{Ledger, Report};
use super::environment::Signal;

/// The `tracing` target of these lines.
pub(super) const TARGET: &str = "resilience_runtime::otlp";

/// The target under which the exporters of the SDK tell that a collector took only a part.
const EXPORTERS: &str = "opentelemetry-otlp";

/// A batch was lost, and the one before was not.
pub(super) fn failed(error: &str) {
    tracing::event!(
        name: "reliability.telemetry.failed", target: TARGET, Level::WARN,
        { "error" = error },
        "telemetry is not delivered; what is lost is counted, and nothing else waits for it"
    );
}

/// A batch arrived, after others were lost.
pub(super) fn recovered(report: &Report) {
    tracing::event!(
        name: "reliability.telemetry.recovered", target: TARGET, Level::INFO,
        { "report" = %report },
        "telemetry is delivered again"
    );
}

/// More came than the queue holds.
pub(super) fn dropped(signal: Signal) {
    let variable = match signal {
        Signal::Logs => "OTEL_BLRP_MAX_QUEUE_SIZE",
        Signal::Traces | Signal::Metrics => "OTEL_BSP_MAX_QUEUE_SIZE",
    };
    tracing::event!(
        name: "reliability.telemetry.dropped", target: TARGET, Level::WARN,
        { "variable" = variable },
        "more telemetry comes than is delivered; what is lost is counted"
    );
}

/// The guard is dropped without `shutdown`.
pub(super) fn abandoned(report: &Report) {
    tracing::event!(
        name: "reliability.telemetry.abandoned", target: TARGET, Level::WARN,
        { "report" = %report },
        "telemetry was dropped without `shutdown().await`"
    );
}

/// Variables make no sense.
pub(super) fn misread(warnings: &[String]) {
    for warning in warnings {
        tracing::event!(
            name: "reliability.telemetry.misread", target: TARGET, Level::WARN,
            "{warning}"
        );
    }
}

/// Sees what the exporters say of a collector that took only a part, and counts it; writes our own lines to the
/// standard error stream, where the subscriber is ours and has nothing else that would show them.
pub(super) struct Watch {
    pub(super) ledger: Arc<Ledger>,
    pub(super) writes: bool,
}

/// Whether that is something to look at, and not to be exported.
pub(super) fn is_watched(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target() == TARGET && *metadata.level() <= Level::INFO;
    let is_refusal = metadata.target() == EXPORTERS && metadata.name().ends_with(".PartialSuccess");
    metadata.is_event() && (is_ours || is_refusal)
}

impl Watch {
    pub(super) fn look_at(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if event.metadata().target() == EXPORTERS {
            if let Some((signal, count)) = fields.rejected {
                self.ledger.of(signal).rejected(count);
            }
        } else if self.writes {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr().lock(), "{}: {}", event.metadata().level(), fields.text);
        }
    }
}

#[derive(Default)]
struct Fields {
    text: String,
    rejected: Option<(Signal, u64)>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn core::fmt::Debug) {
        use core::fmt::Write as _;

        // Writing to a string cannot fail. The message comes first or last, and reads best first.
        if field.name() == "message" {
            self.text.insert_str(0, &format!("{value:?}"));
        } else {
            let _ = write!(self.text, " {}={value:?}", field.name());
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        let signal = match field.name() {
            "rejected_spans" => Signal::Traces,
            "rejected_log_records" => Signal::Logs,
            // Of metrics collections are counted, not points.
            _ => return self.record_debug(field, &value),
        };
        self.rejected = Some((signal, u64::try_from(value).unwrap_or(0)));
    }
}
