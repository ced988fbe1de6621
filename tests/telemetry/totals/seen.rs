//! What spans and events say of all calls, held against metrics.

use std::collections::BTreeMap;
use std::time::Duration;

use resilience_runtime::testing::{Attempt, Call, RecordedEvent, Recorder, Value};

use crate::support::Metrics;

/// So many of each.
type Tally = BTreeMap<String, u64>;

fn tally(texts: impl Iterator<Item: AsRef<str>>) -> Tally {
    let mut tally = Tally::new();
    for text in texts {
        *tally.entry(text.as_ref().to_owned()).or_default() += 1;
    }
    tally
}

/// All calls and events that were recorded.
pub(super) struct Seen {
    calls: BTreeMap<String, Vec<Call>>,
    events: Vec<RecordedEvent>,
}

impl Seen {
    pub(super) fn of(recorder: &Recorder) -> Self {
        let mut seen = Self { calls: BTreeMap::new(), events: recorder.events() };
        let calls = recorder.calls();
        let mut all: Vec<&Call> = calls.iter().collect();
        while let Some(call) = all.pop() {
            all.extend(call.nested());
            seen.calls.entry(call.operation.clone()).or_default().push(call.clone());
        }
        seen
    }

    fn calls(&self, operation: &str) -> &[Call] {
        &self.calls[operation]
    }

    fn attempts(&self, operation: &str) -> impl Iterator<Item = &Attempt> + Clone {
        self.calls(operation).iter().flat_map(|call| &call.attempts)
    }

    /// Events of that name, by the text of a field, of those that have the other one.
    fn events(&self, name: &str, (key, value): (&str, &str), by: &str) -> Tally {
        let events = self.events.iter().filter(|event| event.name == name && event.text(key) == value);
        tally(events.map(|event| event.text(by)))
    }

    pub(super) fn assert_agrees(&self, operation: &str, metrics: &Metrics) {
        self.assert_calls(operation, metrics);
        self.assert_attempts(operation, metrics);
        self.assert_ends(operation, metrics);
        self.assert_waits(operation, metrics);
    }

    fn assert_calls(&self, operation: &str, metrics: &Metrics) {
        let calls = self.calls(operation);
        let of = |metric: &str, key: &str| metrics.tally(metric, operation, key);
        let (duration, outcome) = ("reliability.request.duration", "reliability.outcome");
        assert_eq!(of(duration, outcome), tally(calls.iter().map(|call| &*call.outcome)), "{operation}");
        let types = calls.iter().map(|call| call.error_type.as_deref().unwrap_or_default());
        assert_eq!(of(duration, "error.type"), tally(types), "{operation}");
        let took = calls.iter().map(|call| call.duration);
        assert_sum(metrics, duration, operation, took);
        for call in calls {
            let is_failed = call.fields.contains_key("otel.status_code");
            assert_eq!(is_failed, call.error_type.is_some(), "{call}");
            let attempts = i64::try_from(call.attempts.len()).expect("there are few");
            assert_eq!(call.fields["reliability.attempt.count"], attempts, "{call}");
        }
    }

    fn assert_attempts(&self, operation: &str, metrics: &Metrics) {
        let attempts = || self.attempts(operation);
        let of = |metric: &str, key: &str| metrics.tally(metric, operation, key);
        let kinds = tally(attempts().map(|attempt| &*attempt.kind));
        assert_eq!(of("retry.attempts", "reliability.attempt.kind"), kinds, "{operation}");
        let outcomes = tally(attempts().map(|attempt| &*attempt.outcome));
        let duration = "reliability.attempt.duration";
        assert_eq!(of(duration, "reliability.attempt.outcome"), outcomes, "{operation}");
        assert_sum(metrics, duration, operation, attempts().map(|attempt| attempt.duration));
        let extra = attempts().filter(|attempt| attempt.kind == "hedge");
        assert_eq!(metrics.of("reliability.hedge.requests", operation), extra.clone().count() as u64);
        let won = extra.filter(|attempt| attempt.fields.contains_key("reliability.hedge.winner"));
        assert_eq!(metrics.of("reliability.hedge.wins", operation), won.count() as u64);
    }

    /// Why calls left their attempts.
    fn assert_ends(&self, operation: &str, metrics: &Metrics) {
        let of = |metric: &str, key: &str| metrics.tally(metric, operation, key);
        let calls = self.calls(operation);
        let succeeded = calls.iter().filter(|call| call.outcome == "success").count();
        assert_eq!(metrics.of("retry.successes", operation), succeeded as u64, "{operation}");
        let timeouts = self.events(
            "reliability.timeout",
            ("reliability.operation.name", operation),
            "reliability.timeout.scope",
        );
        assert_eq!(of("reliability.timeouts", "reliability.timeout.scope"), timeouts, "{operation}");
        let reasons = tally(calls.iter().flat_map(Call::fallbacks).map(|fallback| &*fallback.reason));
        let invoked = of("reliability.fallback.invocations", "reliability.fallback.reason");
        assert_eq!(invoked, reasons, "{operation}");
        if calls.iter().all(|call| !call.fields.contains_key("reliability.retry.max_attempts")) {
            return;
        }
        // A call that is dropped while its fallback runs has failed before.
        let stopped =
            calls.iter().filter_map(|call| call.stop_reason.as_deref()).filter(|it| *it != "cancelled");
        let mut failures = of("retry.failures", "reliability.retry.stop_reason");
        let panicked = failures.remove("panicked").unwrap_or_default();
        assert_eq!(failures, tally(stopped), "{operation}");
        let is_panicked = |call: &&Call| call.attempts.iter().any(|attempt| attempt.outcome == "panicked");
        assert_eq!(panicked, calls.iter().filter(is_panicked).count() as u64, "{operation}");
    }

    fn assert_waits(&self, operation: &str, metrics: &Metrics) {
        let waits = || self.calls(operation).iter().flat_map(|call| &call.waits);
        assert_eq!(metrics.of("retry.backoff_duration", operation), waits().count() as u64, "{operation}");
        assert_sum(metrics, "retry.backoff_duration", operation, waits().map(|wait| wait.duration));
        for call in self.calls(operation) {
            let total = call.fields.get("reliability.retry.total_delay").and_then(Value::as_f64);
            let waited = call.waited().as_secs_f64();
            assert!((total.unwrap_or_default() - waited).abs() < 1e-6, "{total:?} is not {waited}:\n{call}");
        }
    }

    pub(super) fn assert_policies_agree(&self, metrics: &Metrics) {
        for (metric, event, key) in [
            ("throttle.rejections", "throttle.rejected", "throttle.name"),
            ("circuit_breaker.rejections", "circuit_breaker.rejected", "circuit_breaker.name"),
            ("rate_limit.rejected", "rate_limit.rejected", "rate_limit.name"),
            ("bulkhead.rejections", "bulkhead.rejected", "bulkhead.name"),
        ] {
            let key = format!("reliability.{key}");
            let told = self.events(&format!("reliability.{event}"), (&key, "totals"), &key);
            let counted = metrics.count(&format!("reliability.{metric}"), &[(&key, "totals")]);
            assert_eq!(counted, told["totals"], "{metric}");
        }
        let breaker = ("reliability.circuit_breaker.name", "totals");
        let state = "reliability.circuit_breaker.state";
        for (state, told) in self.events("reliability.circuit_breaker.transition", breaker, state) {
            let with = [breaker, ("reliability.circuit_breaker.state", state.as_str())];
            assert_eq!(metrics.count("reliability.circuit_breaker.transitions", &with), told, "{state}");
        }
        for result in ["hit", "miss", "stale"] {
            let cache = ("reliability.cache.name", "totals");
            let told = self.events(&format!("reliability.cache.{result}"), cache, cache.0)["totals"];
            let with = [cache, ("reliability.cache.result", result)];
            assert_eq!(metrics.count("reliability.cache.requests", &with), told, "{result}");
        }
        // Some go before they have an answer, or have to make the attempts themselves.
        let follows =
            |call: &&Call| call.events.iter().any(|event| event.name == "reliability.cache.coalesced");
        let has_answer = |call: &&Call| call.attempts.is_empty() && call.outcome != "cancelled";
        let coalesced = self.calls("totals::remembered").iter().filter(follows).filter(has_answer).count();
        let with = [("reliability.cache.name", "totals"), ("reliability.cache.result", "coalesced")];
        assert_eq!(metrics.count("reliability.cache.requests", &with), coalesced as u64);
        assert_eq!(
            metrics.count("reliability.bulkhead.usage", &[("reliability.bulkhead.name", "totals")]),
            0
        );
        self.assert_queues(metrics);
    }

    fn assert_queues(&self, metrics: &Metrics) {
        let queues: Vec<_> = self.calls("totals::limited").iter().flat_map(|call| &call.queues).collect();
        for kind in ["rate_limit", "bulkhead"] {
            for outcome in ["admitted", "rejected", "cancelled"] {
                let queues = queues.iter().filter(|queue| queue.kind == kind && queue.outcome == outcome);
                let with = [
                    ("reliability.queue.kind", kind),
                    ("reliability.queue.name", "totals"),
                    ("reliability.queue.outcome", outcome),
                ];
                let counted = metrics.count("reliability.queue.wait_time", &with);
                assert_eq!(counted, queues.clone().count() as u64, "{kind} {outcome}");
                let waited: Duration = queues.map(|queue| queue.duration).sum();
                assert_near(metrics.sum("reliability.queue.wait_time", &with), waited, kind);
            }
        }
    }
}

/// What was recorded of an operation comes to the sum of what its spans took.
#[track_caller]
fn assert_sum(metrics: &Metrics, metric: &str, operation: &str, took: impl Iterator<Item = Duration>) {
    let sum = metrics.sum(metric, &[("reliability.operation.name", operation)]);
    assert_near(sum, took.sum(), operation);
}

#[track_caller]
fn assert_near(seconds: f64, expected: Duration, of: &str) {
    assert!((seconds - expected.as_secs_f64()).abs() < 1e-6, "{of}: {seconds}s are not {expected:?}");
}
