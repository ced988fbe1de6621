//! One call of an annotated function, read back.

use core::fmt;
use core::time::Duration;

use super::value::{Fields, Value};
use crate::site::path::ends_with;
use crate::telemetry::names;

/// One call of an annotated function: what its span and the spans below it said.
///
/// The words (`outcome`, `stop_reason`, ..) are those of the telemetry, so a test reads like the trace in a
/// backend. Everything recorded is in `fields`, whether or not it has a place of its own here.
///
/// `Display` draws the call as a tree; [`story`](Self::story) tells it in one line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The annotated function, by its path or by the `name` it was given.
    pub operation: String,
    /// How it ended: `success`, `error`, `timeout`, `rejected`, `fallback`, `cached`, `stale`, `coalesced`, `cancelled`
    /// or `panicked`; `running` while it has not ended, `unknown` when its span ended without a word.
    pub outcome: String,
    /// The executions of the body, the first included, in the order they started.
    pub attempts: Vec<Attempt>,
    /// The waits between them.
    pub waits: Vec<Wait>,
    /// The waits for a rate limit or for a place in a bulkhead, in the order they started. Their spans have the level
    /// DEBUG: where that is filtered out, there are none.
    pub queues: Vec<Queue>,
    /// Why no further attempt was made; `None` when none was needed.
    pub stop_reason: Option<String>,
    /// The class of the error the caller got.
    pub error_type: Option<String>,
    /// The message of the error the caller got.
    pub error: Option<String>,
    /// The fallback's execution, if it came to that; of several, the last one's.
    pub fallback: Option<Fallback>,
    /// Those of the fallbacks before it, which failed, in order.
    pub failed_fallbacks: Vec<Fallback>,
    /// Annotated functions called outside of any attempt, by a predicate for instance. Those called by the
    /// body are in its attempts; [`nested`](Self::nested) gives them all.
    pub calls: Vec<Call>,
    /// What happened outside of any attempt: retries that were scheduled, a breaker that refused, ..
    pub events: Vec<RecordedEvent>,
    /// When it started, counted from the start of the outermost call.
    pub at: Duration,
    /// How long it took; so far, while it is running.
    pub duration: Duration,
    /// Every field of its span, those named by `fields(..)` on the attribute included.
    pub fields: Fields,
    /// Spans and events below this call that were too many to keep.
    pub omitted: usize,
    pub(crate) order: u64,
}

/// One execution of an annotated function's body.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// Counted from 1.
    pub number: i64,
    /// `original`, `retry`, `hedge` or `probe`.
    pub kind: String,
    /// How it ended: `success`, `retryable_error`, `permanent_error`, `ignored_error`, `timeout`, `cancelled`
    /// or `panicked`; `running` while it has not ended, `unknown` when its span ended without a word.
    pub outcome: String,
    /// The class of its error.
    pub error_type: Option<String>,
    /// The message of its error.
    pub error: Option<String>,
    /// The wait before it.
    pub delay: Option<Duration>,
    /// Annotated functions that the body called.
    pub calls: Vec<Call>,
    /// What happened while it ran.
    pub events: Vec<RecordedEvent>,
    /// When it started, counted from the start of the outermost call.
    pub at: Duration,
    /// How long it took; so far, while it is running.
    pub duration: Duration,
    /// Every field of its span.
    pub fields: Fields,
    pub(crate) order: u64,
}

/// A wait between two attempts.
///
/// Compares with a [`Duration`] by its `delay`, so that the waits of a call can be asserted as durations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Wait {
    /// How long it was to be.
    pub delay: Duration,
    /// Who chose it, `policy` or `server_hint`; `None` where only the attempt after it was seen, because the
    /// waits' own spans (level DEBUG) are filtered out.
    pub source: Option<String>,
    /// When it started, counted from the start of the outermost call.
    pub at: Duration,
    /// How long it was: less than `delay` when it was cut short.
    pub duration: Duration,
    pub(crate) order: u64,
}

impl PartialEq<Duration> for Wait {
    fn eq(&self, delay: &Duration) -> bool {
        self.delay == *delay
    }
}

/// A wait for a limit, in front of an attempt: for the turn that a rate limit gives, or for a place in a bulkhead.
///
/// Compares with a [`Duration`] by how long it was, so that the queues of a call can be asserted as durations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// `rate_limit` or `bulkhead`.
    pub kind: String,
    /// The limit's name.
    pub name: String,
    /// How it ended: `admitted`, `rejected` or `cancelled`; `running` while it has not ended, `unknown` when its
    /// span ended without a word.
    pub outcome: String,
    /// When it started, counted from the start of the outermost call.
    pub at: Duration,
    /// How long it took; so far, while it is running.
    pub duration: Duration,
    /// Every field of its span.
    pub fields: Fields,
    pub(crate) order: u64,
}

impl PartialEq<Duration> for Queue {
    fn eq(&self, duration: &Duration) -> bool {
        self.duration == *duration
    }
}

/// The execution of one of a call's fallbacks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fallback {
    /// The class of the error that it stands in for; `deadline` when the whole call was out of time.
    pub reason: String,
    /// The class of its own error, when it failed too.
    pub error_type: Option<String>,
    /// Annotated functions that it called.
    pub calls: Vec<Call>,
    /// What happened while it ran.
    pub events: Vec<RecordedEvent>,
    /// When it started, counted from the start of the outermost call.
    pub at: Duration,
    /// How long it took; so far, while it is running.
    pub duration: Duration,
    /// Every field of its span.
    pub fields: Fields,
    pub(crate) order: u64,
}

/// Something that happened at one moment, as it was told to subscribers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// Its name, like `reliability.circuit_breaker.transition`.
    pub name: &'static str,
    /// When, counted from the start of the outermost call; outside of any call, from the first event or call
    /// that was recorded.
    pub at: Duration,
    /// All its fields.
    pub fields: Fields,
    pub(crate) order: u64,
}

impl Call {
    /// Whether the call has not ended yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.outcome == "running"
    }

    /// The time spent waiting between attempts: each wait as it was planned, or less if it was cut short. What was
    /// waited for limits is not in it, but in [`queued`](Self::queued).
    #[must_use]
    pub fn waited(&self) -> Duration {
        let waits = self.waits.iter().map(|wait| wait.delay.min(wait.duration));
        waits.fold(Duration::ZERO, Duration::saturating_add)
    }

    /// The time spent waiting for limits, as it was measured, whatever came of it.
    #[must_use]
    pub fn queued(&self) -> Duration {
        let queues = self.queues.iter().map(|queue| queue.duration);
        queues.fold(Duration::ZERO, Duration::saturating_add)
    }

    /// The outcomes of the attempts, in order.
    #[must_use]
    pub fn outcomes(&self) -> Vec<&str> {
        self.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect()
    }

    /// The executions of its fallbacks, in order.
    pub fn fallbacks(&self) -> impl Iterator<Item = &Fallback> {
        self.failed_fallbacks.iter().chain(&self.fallback)
    }

    /// The annotated functions called during this call, in order; theirs in turn are not included.
    #[must_use]
    pub fn nested(&self) -> Vec<&Self> {
        let below = self.attempts.iter().flat_map(|attempt| &attempt.calls);
        let below = below.chain(self.fallbacks().flat_map(|fallback| &fallback.calls));
        let mut calls: Vec<_> = below.chain(&self.calls).collect();
        calls.sort_by_key(|call| call.order);
        calls
    }

    /// Every event during this call and the calls below it, in order.
    #[must_use]
    pub fn all_events(&self) -> Vec<&RecordedEvent> {
        let mut events: Vec<_> = self.events.iter().collect();
        events.extend(self.attempts.iter().flat_map(|attempt| &attempt.events));
        events.extend(self.fallbacks().flat_map(|fallback| &fallback.events));
        events.extend(self.nested().iter().flat_map(|call| call.all_events()));
        events.sort_by_key(|event| event.order);
        events
    }

    /// Whether `name` is the operation, or its last parts: `load` and `Users::load` are both names of
    /// `my_crate::Users::load`.
    #[must_use]
    pub fn is_of(&self, name: &str) -> bool {
        ends_with(&self.operation, name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(super::draw(self, &super::Style::new()).trim_end())
    }
}

impl RecordedEvent {
    /// The text of the field `name`; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        text(&self.fields, name).unwrap_or_default()
    }

    /// The states of the breaker before and after, if this event is a transition of the breaker named `name`.
    #[must_use]
    pub fn transition_of(&self, name: &str) -> Option<(&str, &str)> {
        let is_it = self.name == names::TRANSITION && self.text(names::BREAKER) == name;
        is_it.then(|| (self.text(names::PREVIOUS_STATE), self.text(names::STATE)))
    }
}

/// The text of a field.
pub(crate) fn text<'fields>(fields: &'fields Fields, name: &str) -> Option<&'fields str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
