//! The calls that tell most, and the closing table.

use std::time::Duration;

use resilience_runtime::testing::{Call, Style, draw};

use crate::load::{Function, Sample, Span, Way, answered, of};
use crate::page::{Page, Paint, WIDTH, bar, paint_of, share, short};
use crate::service::Fault;

/// A kind of call worth looking at.
struct Story {
    headline: &'static str,
    see: &'static str,
    /// What the service does that brings it about, at the latest.
    fault: Fault,
    function: Function,
    is_it: fn(&Call) -> bool,
}

const STORIES: [Story; 6] = [
    Story {
        headline: "recovered",
        see: "two errors, two short waits of random length, and an answer",
        fault: Fault::Errors,
        function: Function::Order,
        is_it: |call| {
            call.outcomes() == ["retryable_error", "retryable_error", "success"] && !waits_as_asked(call)
        },
    },
    Story {
        headline: "waited as asked",
        see: "the wait is the server's `Retry-After`, not the backoff's",
        fault: Fault::Overload,
        function: Function::Order,
        is_it: |call| call.outcomes() == ["retryable_error", "success"] && waits_as_asked(call),
    },
    Story {
        headline: "timed out, recovered",
        see: "cut off after 250ms, where the plain call waits 1.5s",
        fault: Fault::SlowAnswers,
        function: Function::Order,
        is_it: |call| call.outcomes() == ["timeout", "success"],
    },
    Story {
        headline: "exhausted",
        see: "the fourth error is the caller's, unchanged",
        fault: Fault::Outage,
        function: Function::Order,
        is_it: |call| call.stop_reason.as_deref() == Some("exhausted") && call.outcome == "error",
    },
    Story {
        headline: "rejected",
        see: "the breaker is open: no attempt, no waiting",
        fault: Fault::Outage,
        function: Function::Order,
        is_it: |call| call.outcome == "rejected" && call.attempts.is_empty(),
    },
    Story {
        headline: "answered by the fallback",
        see: "nobody listens, twice; the bestsellers will do",
        fault: Fault::Restart,
        function: Function::Offers,
        is_it: |call| {
            // The first requests of a restart are cut off; look for one that found nobody, twice.
            let [first, second] = call.attempts.as_slice() else { return false };
            let refused = Some("ApiError::Http");
            call.outcome == "fallback"
                && first.error_type.as_deref() == refused
                && first.error == second.error
        },
    },
];

fn waits_as_asked(call: &Call) -> bool {
    call.waits.iter().any(|wait| wait.source.as_deref() == Some("server_hint"))
}

impl Function {
    pub(crate) fn is_of(self, call: &Call) -> bool {
        call.is_of(&format!("Orders::{}", self.name()))
    }
}

impl Story {
    /// The first call of this kind.
    fn find<'call>(&self, calls: &'call [Call]) -> Option<&'call Call> {
        calls.iter().find(|call| self.function.is_of(call) && (self.is_it)(call))
    }
}

/// Whether there is a call of each kind that `fault` brings about.
pub(crate) fn has_shown(fault: Fault, calls: &[Call]) -> bool {
    STORIES.iter().filter(|story| story.fault == fault).all(|story| story.find(calls).is_some())
}

/// Draws one call of each kind.
///
/// # Errors
///
/// A sentence that names the first kind of which there was no call.
pub(crate) fn stories(page: Page, calls: &[Call]) -> Result<String, String> {
    let style = Style::new().width(WIDTH).colored(page.colored);
    let drawings = STORIES.iter().enumerate().map(|(index, story)| {
        let call = story.find(calls);
        let call = call.ok_or_else(|| format!("none of {} calls was {}", calls.len(), story.headline))?;
        let headline = page.paint(Paint::Accent, &format!("{}. {}", index + 1, story.headline));
        Ok(format!("{headline}: {}\n{}", story.see, draw(call, &style)))
    });
    Ok(drawings.collect::<Result<Vec<_>, String>>()?.join("\n"))
}

/// The table: a line for each function and way.
pub(crate) fn table(page: Page, samples: &[Sample], calls: &[Call]) -> String {
    let head = format!(
        "{:<23}{:>6}{:>10}{:>9}    {:<29}{:>8}{:>8}",
        "", "calls", "attempts", "refused", "answered", "p50", "p99"
    );
    let mut lines = vec![page.paint(Paint::Faint, &head)];
    for function in [Function::Order, Function::Offers] {
        let recorded: Vec<_> = calls.iter().filter(|call| function.is_of(call)).collect();
        let attempts: usize = recorded.iter().map(|call| call.attempts.len()).sum();
        let refused: usize = recorded.iter().map(|call| refusals(call)).sum();
        for way in [Way::Plain, Way::Resilient] {
            let samples = of(samples, function, way);
            let calls = samples.len();
            let (name, label, attempts, refused) = match way {
                Way::Plain => (function.name(), "plain", calls, "–".to_owned()),
                Way::Resilient => ("", "#[resilient]", attempts, refused.to_string()),
            };
            let name = page.paint(Paint::Strong, &format!("{name:<9}"));
            let share = share(answered(&samples), calls).unwrap_or_default();
            let bar = bar(page, answered(&samples), calls, 20);
            let percent = page.paint(paint_of(share), &format!("{:>6.1} %", share * 100.0));
            let [half, most] = [50, 99].map(|percent| short(percentile(&samples, percent)));
            lines.push(format!(
                "{name}{label:<14}{calls:>6}{attempts:>10}{refused:>9}    {bar} {percent}{half:>8}{most:>8}"
            ));
        }
    }
    lines.join("\n") + "\n"
}

/// How many orders were lost up to the outage.
pub(crate) fn lost_before_outage(spans: &[Span], samples: &[Sample], way: Way) -> usize {
    let outage = spans.iter().find(|span| span.phase.fault == Fault::Outage);
    let mut orders = of(samples, Function::Order, way);
    orders.retain(|sample| outage.is_none_or(|outage| sample.at < outage.begin));
    orders.len() - answered(&orders)
}

/// What to remember of it.
pub(crate) fn conclusion(spans: &[Span], samples: &[Sample], calls: &[Call]) -> String {
    let lost = |way| lost_before_outage(spans, samples, way);
    let refused: usize = calls.iter().map(refusals).sum();
    format!(
        "Up to the outage, {} orders were lost without the attribute, and {} with it. In the outage only a\n\
         fallback can answer; the breaker refused {refused} attempts at once and let the service recover.\n",
        lost(Way::Plain),
        lost(Way::Resilient),
    )
}

/// How often the breaker refused an attempt of `call`.
fn refusals(call: &Call) -> usize {
    call.all_events().iter().filter(|event| event.name == "reliability.circuit_breaker.rejected").count()
}

/// The time within which `percent` of the calls were over, answered or not.
fn percentile(samples: &[Sample], percent: usize) -> Duration {
    let mut times: Vec<_> = samples.iter().map(|sample| sample.took).collect();
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(rank).copied().unwrap_or_default()
}
