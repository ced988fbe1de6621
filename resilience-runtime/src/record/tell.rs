//! The words and marks of a drawing.

use core::time::Duration;

use super::call::{Call, Queue, RecordedEvent};
use super::line::Paint;
use super::story::written;
use super::value::Value;
use crate::telemetry::names;
use crate::telemetry::values::OTHER;

/// Whether a call that ended so got a good answer: its own, a fresh one of a cache, or that of another call. One of a
/// fallback or an older one of a cache is not what was asked for.
pub(crate) fn is_good(outcome: &str) -> bool {
    matches!(outcome, "success" | "cached" | "coalesced")
}

/// A call's mark.
pub(crate) fn call_mark(outcome: &str) -> (&'static str, Paint) {
    match outcome {
        outcome if is_good(outcome) => ("✓", Paint::Good),
        "fallback" | "stale" => ("↺", Paint::Warning),
        "cancelled" => ("○", Paint::Warning),
        "running" => ("…", Paint::Accent),
        _ => ("✗", Paint::Bad),
    }
}

/// An attempt's mark.
pub(crate) fn attempt_mark(outcome: &str) -> (&'static str, Paint) {
    match outcome {
        "success" => ("✓", Paint::Good),
        "ignored_error" => ("✗", Paint::Warning),
        other => call_mark(other),
    }
}

/// The class of an attempt's error, where it says more than the outcome beside it.
pub(crate) fn attempt_error<'call>(outcome: &str, error_type: &'call str) -> &'call str {
    match (outcome, error_type) {
        ("timeout", "timeout") | ("panicked", "panic") => "",
        (_, OTHER) => "Ok, by when_ok",
        _ => error_type,
    }
}

/// What is said of how a wait for a limit ended; nothing when it led to what it was for.
pub(crate) fn queue_end(outcome: &str) -> (String, Paint) {
    let paint = match outcome {
        "admitted" => return (String::new(), Paint::Faint),
        "rejected" => Paint::Bad,
        "running" => Paint::Accent,
        _ => Paint::Warning,
    };
    (format!(", {outcome}"), paint)
}

/// Whether an event is the refusal that one of the waits for a limit ended with, and says no more than that.
pub(crate) fn ends_queue(event: &RecordedEvent, queues: &[Queue]) -> bool {
    let waited = event.fields.get(names::WAITED).and_then(Value::as_duration);
    let is_it = |queue: &Queue| {
        queue.kind == "bulkhead" && queue.name == event.text(names::BULKHEAD) && queue.outcome == "rejected"
    };
    event.name == names::BULKHEAD_REJECTED
        && waited.is_some_and(|waited| !waited.is_zero())
        && queues.iter().any(is_it)
}

/// How long an outermost call took, and how long it waited meanwhile, between attempts and for limits.
pub(crate) fn times(call: &Call) -> String {
    let waited = Some(call.waited()).filter(|waited| !waited.is_zero()).map(written);
    let queued = Some(call.queued()).filter(|queued| !queued.is_zero()).map(short);
    let parts = [
        Some(format!(" in {}", short(call.duration))),
        waited.map(|waited| format!(", waited {waited}")),
        queued.map(|queued| format!(", queued {queued}")),
    ];
    parts.into_iter().flatten().collect()
}

/// What is said below a call's line: why it ended so, with which arguments it was called, and for one that
/// got no good answer where it is written.
pub(crate) fn details(call: &Call) -> Vec<String> {
    let mut why = Vec::new();
    if let Some(reason) = &call.stop_reason {
        why.push(format!("stopped: {reason}"));
    }
    // The last attempt, or the breaker that refused one, has a line that says it.
    let last = call.attempts.last().and_then(|attempt| attempt.error.as_ref());
    let is_refused = call.events.iter().any(|event| event.name == names::REJECTED);
    let is_cut = call.outcome == "timeout" && last.is_some();
    let is_told = |error: &&String| is_refused || is_cut || Some(*error) == last;
    match (&call.error_type, call.error.as_ref().filter(|error| !is_told(error))) {
        (Some(kind), Some(error)) => why.push(format!("error: {kind}: {error}")),
        (Some(kind), None) => why.push(format!("error: {kind}")),
        (None, Some(error)) => why.push(format!("error: {error}")),
        (None, None) => {}
    }
    let mut which: Vec<_> = call
        .fields
        .iter()
        .filter(|(name, _)| is_users(name))
        .map(|(name, value)| format!("{name}={}", quoted(value)))
        .collect();
    if !is_good(&call.outcome) && call.outcome != "running" {
        which.extend(place(call));
    }
    let parts = [why.join(", "), which.join("  ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// Whether a field is one that the user named, not one of the schema's.
fn is_users(name: &str) -> bool {
    let schema = ["reliability.", "otel.", "code."];
    name != names::ERROR_TYPE && !schema.iter().any(|prefix| name.starts_with(prefix))
}

fn quoted(value: &Value) -> String {
    match value {
        Value::Text(text) if text.is_empty() || text.contains(char::is_whitespace) => format!("{text:?}"),
        other => other.to_string(),
    }
}

fn place(call: &Call) -> Option<String> {
    let file = call.fields.get(names::FILE)?;
    match call.fields.get(names::LINE) {
        Some(line) => Some(format!("at {file}:{line}")),
        None => Some(format!("at {file}")),
    }
}

/// What an event says; `None` for one that its call's own lines say already.
pub(crate) fn event(event: &RecordedEvent) -> Option<(Paint, String)> {
    let breaker = event.text(names::BREAKER);
    let duration = |name| event.fields.get(name).and_then(Value::as_duration).map(written);
    match event.name {
        names::RETRY_SCHEDULED
        | names::RETRY_EXHAUSTED
        | names::TIMEOUT
        | names::HEDGE_STARTED
        | names::HEDGE_WON
        | names::CACHE_MISS => None,
        names::HEDGE_SKIPPED => {
            Some((Paint::Warning, format!("hedge: not started ({})", event.text(names::HEDGE_REASON))))
        }
        names::CACHE_COALESCED => Some((Paint::Accent, "waited for the result of another call".to_owned())),
        names::TRANSITION => {
            let (from, to) = (event.text(names::PREVIOUS_STATE), event.text(names::STATE));
            let paint = match to {
                "open" => Paint::Bad,
                "closed" => Paint::Good,
                _ => Paint::Warning,
            };
            Some((paint, format!("breaker {breaker}: {from} → {to}{}", because(event))))
        }
        names::THRESHOLD_EXCEEDED => {
            Some((Paint::Warning, format!("breaker {breaker}: would have opened{}", because(event))))
        }
        names::REJECTED => {
            let until = duration(names::RETRY_AFTER)
                .map_or_else(|| "isolated".to_owned(), |after| format!("retry after {after}"));
            Some((Paint::Bad, format!("breaker {breaker}: refused the call, {until}")))
        }
        names::RATE_LIMIT_REJECTED => {
            let until = duration(names::RETRY_AFTER).map(|after| format!(", retry after {after}"));
            let name = event.text(names::RATE_LIMITER);
            Some((Paint::Bad, format!("rate limit {name}: refused the call{}", until.unwrap_or_default())))
        }
        names::BULKHEAD_REJECTED => {
            let waited = duration(names::WAITED).filter(|waited| waited != "0s");
            let waited = waited.map(|waited| format!(" after {waited}")).unwrap_or_default();
            Some((Paint::Bad, format!("bulkhead {}: refused the call{waited}", event.text(names::BULKHEAD))))
        }
        names::BUDGET_EXHAUSTED => {
            Some((Paint::Bad, format!("budget {}: no retry, it is spent", event.text(names::BUDGET))))
        }
        names::CACHE_HIT | names::CACHE_STALE => {
            let age = event.fields.get(names::CACHE_AGE).and_then(Value::as_duration).map(short);
            let paint = if event.name == names::CACHE_HIT { Paint::Good } else { Paint::Warning };
            let age = age.map(|age| format!(" that is {age} old")).unwrap_or_default();
            Some((paint, format!("cache {}: an answer{age}", event.text(names::CACHE))))
        }
        names::FALLBACK_USED => {
            Some((Paint::Warning, format!("fallback used for {}", event.text(names::FALLBACK_REASON))))
        }
        name => {
            let fields = event.fields.iter().map(|(name, value)| format!(" {name}={}", quoted(value)));
            Some((Paint::Accent, format!("{name}{}", fields.collect::<String>())))
        }
    }
}

/// Why a breaker did something, with the share of failures where it is known.
fn because(event: &RecordedEvent) -> String {
    let ratio = event.fields.get(names::FAILURE_RATIO).and_then(Value::as_f64);
    match (event.text(names::REASON), ratio) {
        ("", None) => String::new(),
        ("", Some(ratio)) => format!(" ({:.0}% failed)", ratio * 100.0),
        (reason, None) => format!(" ({reason})"),
        (reason, Some(ratio)) => format!(" ({reason}, {:.0}% failed)", ratio * 100.0),
    }
}

/// A measured duration in at most seven columns: three digits that matter, and no more.
pub(crate) fn short(duration: Duration) -> String {
    let (value, unit) = match duration.as_nanos() {
        0 => return "0s".to_owned(),
        nanos @ 1..1_000 => return format!("{nanos}ns"),
        1_000..1_000_000 => (duration.as_secs_f64() * 1e6, "us"),
        1_000_000..1_000_000_000 => (duration.as_secs_f64() * 1e3, "ms"),
        _ => (duration.as_secs_f64(), "s"),
    };
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_where_it_says_more_than_the_outcome() {
        assert_eq!(attempt_error("timeout", "timeout"), "");
        assert_eq!(attempt_error("panicked", "panic"), "");
        assert_eq!(attempt_error("retryable_error", OTHER), "Ok, by when_ok");
        assert_eq!(attempt_error("retryable_error", "io::TimedOut"), "io::TimedOut");
    }

    #[test]
    fn durations_have_three_digits_that_matter() {
        let text = |nanos| short(Duration::from_nanos(nanos));
        assert_eq!(text(0), "0s");
        assert_eq!(text(999), "999ns");
        assert_eq!(text(1_500), "1.5us");
        assert_eq!(text(12_345_678), "12.3ms");
        assert_eq!(text(123_456_789), "123ms");
        assert_eq!(text(1_420_000_000), "1.42s");
        assert_eq!(text(3_600_000_000_000), "3600s");
    }
}
