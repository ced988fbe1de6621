//! What happened when: faults, answers and the breaker's state on one axis of time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::load::{Function, Sample, Span, Way, answered, of};
use crate::page::{Page, Paint, WIDTH, paint_of, share};
use crate::service::Fault;

/// Columns left of the axis.
const LABEL: usize = 16;
/// Columns of the axis, whatever time they stand for.
const COLUMNS: usize = WIDTH - LABEL;

/// One change of a breaker's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    at: Duration,
    pub(crate) from: String,
    pub(crate) to: String,
    reason: String,
    failure_ratio: Option<f64>,
}

impl Visit for Change {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "reliability.circuit_breaker.previous_state" => value.clone_into(&mut self.from),
            "reliability.circuit_breaker.state" => value.clone_into(&mut self.to),
            "reliability.circuit_breaker.reason" => value.clone_into(&mut self.reason),
            _ => {}
        }
    }

    fn record_f64(&mut self, _field: &Field, value: f64) {
        self.failure_ratio = Some(value);
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

/// Listens for the breaker's changes of state, which are `tracing` events like any other.
#[derive(Clone, Debug)]
pub(crate) struct History {
    start: Instant,
    changes: Arc<Mutex<Vec<Change>>>,
}

impl History {
    pub(crate) fn since(start: Instant) -> Self {
        Self { start, changes: Arc::default() }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.changes().last().is_none_or(|change| change.to == "closed")
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S: Subscriber> Layer<S> for History {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().name() == "reliability.circuit_breaker.transition" {
            let mut change = Change { at: self.start.elapsed(), ..Change::default() };
            event.record(&mut change);
            self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
        }
    }
}

/// Draws everything on one axis.
pub(crate) fn draw(page: Page, spans: &[Span], samples: &[Sample], changes: &[Change]) -> String {
    let axis = Axis { page, end: spans.last().map_or(Duration::ZERO, |last| last.end) };
    let mut rows =
        vec![row("", &page.paint(Paint::Faint, &axis.seconds())), row("the service", &axis.faults(spans))];
    for function in [Function::Order, Function::Offers] {
        for (name, way) in [(function.name(), Way::Plain), ("", Way::Resilient)] {
            let gap = if way == Way::Plain { "\n" } else { "" };
            let label = format!("{gap}{name:<6}{:>9}", way.name());
            rows.push(row(&label, &axis.answers(&of(samples, function, way))));
        }
    }
    rows.push(row("\nthe breaker", &axis.states(changes)));
    rows.concat()
}

fn row(label: &str, cells: &str) -> String {
    // A label may begin on a new line.
    let width = LABEL + label.len() - label.trim_start_matches('\n').len();
    format!("{label:<width$}{cells}\n")
}

/// All the time there was, in `COLUMNS`.
#[derive(Clone, Copy, Debug)]
struct Axis {
    page: Page,
    end: Duration,
}

impl Axis {
    /// The column of a moment.
    fn column(self, at: Duration) -> usize {
        let columns = at.as_micros() * COLUMNS as u128;
        columns.checked_div(self.end.as_micros()).and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
    }

    /// The scale, with no more marks than there is room for.
    fn seconds(self) -> String {
        let step = self.end.as_secs() / 20 + 1;
        let seconds = (0..=self.end.as_secs()).step_by(usize::try_from(step).unwrap_or(usize::MAX));
        seconds.fold(String::new(), |scale, second| {
            let width = self.column(Duration::from_secs(second));
            format!("{scale:<width$}{second}s")
        })
    }

    /// One block for each phase, with its name where there is room.
    fn faults(self, spans: &[Span]) -> String {
        let blocks = spans.iter().map(|span| {
            let width = self.column(span.end) - self.column(span.begin);
            let (name, paint, fill) = match span.phase.fault {
                Fault::Nothing => ("", Paint::Faint, '·'),
                Fault::Restart | Fault::Outage => (span.phase.name, Paint::Bad, '▒'),
                _ => (span.phase.name, Paint::Warning, '▒'),
            };
            let name = if name.len() < width { name } else { "" };
            let fill: String = (name.len()..width).map(|_| fill).collect();
            self.page.paint(paint, &format!("{name}{fill}"))
        });
        blocks.collect()
    }

    /// A bar for each moment: the share of the calls begun in it that were answered.
    fn answers(self, samples: &[Sample]) -> String {
        let cells = (0..COLUMNS).map(|cell| {
            let begun: Vec<_> =
                samples.iter().filter(|sample| self.column(sample.at) == cell).copied().collect();
            match share(answered(&begun), begun.len()) {
                None => " ".to_owned(),
                Some(share) => self.page.paint(paint_of(share), height(share)),
            }
        });
        cells.collect()
    }

    /// The breaker's state at each moment; a change within one shows.
    fn states(self, changes: &[Change]) -> String {
        let cells = (0..COLUMNS).map(|cell| {
            let before = changes
                .iter()
                .rfind(|change| self.column(change.at) < cell)
                .map_or("closed", |last| &last.to);
            let within = changes
                .iter()
                .filter(|change| self.column(change.at) == cell)
                .map(|change| change.to.as_str());
            let states: Vec<_> = std::iter::once(before).chain(within).collect();
            let shown = ["half_open", "open"].into_iter().find(|state| states.contains(state));
            let (mark, paint, _) = look(shown.unwrap_or("closed"));
            self.page.paint(paint, mark)
        });
        cells.collect()
    }
}

fn height(share: f64) -> &'static str {
    match share {
        0.99.. => "▇",
        0.8.. => "▆",
        0.6.. => "▅",
        0.4.. => "▄",
        0.2.. => "▃",
        0.01.. => "▂",
        _ => "▁",
    }
}

/// How a state is shown: its mark on the axis, its colour, its name.
fn look(state: &str) -> (&'static str, Paint, &'static str) {
    match state {
        "open" => ("█", Paint::Bad, "open"),
        "half_open" => ("◆", Paint::Warning, "half-open"),
        _ => ("─", Paint::Good, "closed"),
    }
}

/// One line for each change: when, from what to what, and why.
pub(crate) fn tell(page: Page, changes: &[Change]) -> String {
    let lines = changes.iter().map(|change| {
        let at = page.paint(Paint::Faint, &format!("{:>6.2}s", change.at.as_secs_f64()));
        let [from, to] = [&change.from, &change.to].map(|state| {
            let (mark, paint, name) = look(state);
            page.paint(paint, &format!("{mark} {name:<9}"))
        });
        let why = change.reason.replace('_', " ");
        let ratio = change.failure_ratio.filter(|ratio| *ratio > 0.0);
        let ratio = ratio.map(|ratio| format!(", {:.0} % failed", ratio * 100.0)).unwrap_or_default();
        format!("{:LABEL$}{at}  {from} → {to}  {why}{ratio}\n", "")
    });
    lines.collect()
}
