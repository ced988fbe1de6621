//! The counters themselves: plain atomics, read when metrics are collected.
//!
//! A healthy call adds one to one number, in a shard of its own thread, and so does one that is refused. All else that is
//! counted here comes with a body that has failed, or with a wait, and takes the one atomic there is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use opentelemetry::KeyValue;

use crate::counting::sharded::Sharded;
use crate::event::{StopReason, TimeoutScope};
use crate::policy::breaker::State;
use crate::telemetry::values::{AttemptKind, OTHER};

/// How many different texts of the program's own one function may bring into metrics. All further ones are [`OTHER`].
const MAX_TEXTS: usize = 32;

/// One number for each value of a closed set, by its place in it.
#[derive(Debug)]
pub(crate) struct Counts<const N: usize>([AtomicU64; N]);

impl<const N: usize> Counts<N> {
    pub(crate) const fn new() -> Self {
        Self([const { AtomicU64::new(0) }; N])
    }

    // Relaxed here and below: these are counts that nothing else depends on.
    pub(crate) fn add_one(&self, place: usize) {
        self.0[place].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, place: usize) -> u64 {
        self.0[place].load(Ordering::Relaxed)
    }
}

/// A number for each text of an open set that the program keeps small: error types. Bounded all the same.
#[derive(Debug)]
pub(crate) struct Texts(Mutex<Vec<(&'static str, u64)>>);

impl Texts {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Counts it, and says under which text.
    pub(crate) fn add_one(&self, text: &'static str) -> &'static str {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counts.iter().position(|(known, _)| *known == text);
        let text = if known.is_none() && counts.len() >= MAX_TEXTS { OTHER } else { text };
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == text) {
            *count += 1;
        } else {
            counts.push((text, 1));
        }
        text
    }

    pub(crate) fn all(&self) -> Vec<(&'static str, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AttemptKind {
    pub(crate) const ALL: [Self; 4] = [Self::Original, Self::Retry, Self::Hedge, Self::Probe];
}

impl StopReason {
    /// Why a call leaves the retry layer without success, other than by a panic. One that is cancelled has not left it.
    pub(crate) const OF_FAILURES: [Self; 9] = [
        Self::Exhausted,
        Self::PermanentError,
        Self::IgnoredError,
        Self::Deadline,
        Self::BreakerOpen,
        Self::RetryAfter,
        Self::Budget,
        Self::Throttled,
        Self::CallerRetries,
    ];
}

impl TimeoutScope {
    pub(crate) const ALL: [Self; 2] = [Self::Attempt, Self::Call];
}

impl State {
    pub(crate) const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];
}

fn place<T: PartialEq>(all: &[T], value: &T) -> usize {
    all.iter().position(|known| known == value).unwrap_or_default()
}

/// What an annotated function counts.
#[derive(Debug)]
pub(crate) struct SiteMeter {
    /// Calls that succeeded at their first attempt, an original one: each is that attempt and that success in one.
    pub(crate) healthy: Sharded,
    /// Attempts of all other calls, when they end.
    attempts: Counts<{ AttemptKind::ALL.len() }>,
    /// Successes of all other calls.
    pub(crate) successes: AtomicU64,
    /// By the thread: in an outage, and under too much load, a call may come to nothing but a refusal.
    failures: [Sharded; StopReason::OF_FAILURES.len()],
    /// Failures too.
    pub(crate) panics: AtomicU64,
    /// Those of all three that had a retry.
    pub(crate) retried_successes: AtomicU64,
    pub(crate) retried_failures: AtomicU64,
    /// Extra attempts that gave the answer.
    pub(crate) hedge_wins: AtomicU64,
    timeouts: Counts<{ TimeoutScope::ALL.len() }>,
    pub(crate) fallbacks: Texts,
    /// Error types of calls.
    pub(crate) errors: Texts,
    /// The attributes of a healthy call's metrics.
    pub(crate) attributes: OnceLock<Attributes>,
}

/// Attribute sets made once for each function.
#[derive(Debug)]
pub(crate) struct Attributes {
    pub(crate) operation: [KeyValue; 1],
    pub(crate) call_success: [KeyValue; 2],
    pub(crate) attempt_success: [KeyValue; 2],
}

impl SiteMeter {
    pub(crate) const fn new() -> Self {
        Self {
            healthy: Sharded::new(),
            attempts: Counts::new(),
            successes: AtomicU64::new(0),
            failures: [const { Sharded::new() }; StopReason::OF_FAILURES.len()],
            panics: AtomicU64::new(0),
            retried_successes: AtomicU64::new(0),
            retried_failures: AtomicU64::new(0),
            hedge_wins: AtomicU64::new(0),
            timeouts: Counts::new(),
            fallbacks: Texts::new(),
            errors: Texts::new(),
            attributes: OnceLock::new(),
        }
    }

    pub(crate) fn add_attempt(&self, kind: AttemptKind) {
        self.attempts.add_one(place(&AttemptKind::ALL, &kind));
    }

    pub(crate) fn attempts(&self, kind: AttemptKind) -> u64 {
        let others = self.attempts.get(place(&AttemptKind::ALL, &kind));
        if kind == AttemptKind::Original { others + self.healthy.get() } else { others }
    }

    /// Whether anything is known of it: an attempt that ended, or a call that was refused.
    pub(crate) fn was_called(&self) -> bool {
        AttemptKind::ALL.into_iter().any(|kind| self.attempts(kind) > 0)
            || self.failures.iter().any(|failures| failures.get() > 0)
    }

    pub(crate) fn add_success(&self, is_retried: bool) {
        self.successes.fetch_add(1, Ordering::Relaxed);
        if is_retried {
            self.retried_successes.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn all_successes(&self) -> u64 {
        self.successes.load(Ordering::Relaxed) + self.healthy.get()
    }

    /// Without a reason: by a panic.
    pub(crate) fn add_failure(&self, reason: Option<StopReason>, is_retried: bool) {
        match reason {
            Some(reason) => self.failures[place(&StopReason::OF_FAILURES, &reason)].add_one(),
            None => _ = self.panics.fetch_add(1, Ordering::Relaxed),
        }
        if is_retried {
            self.retried_failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn failures(&self, reason: StopReason) -> u64 {
        self.failures[place(&StopReason::OF_FAILURES, &reason)].get()
    }

    pub(crate) fn add_timeout(&self, scope: TimeoutScope) {
        self.timeouts.add_one(place(&TimeoutScope::ALL, &scope));
    }

    pub(crate) fn timeouts(&self, scope: TimeoutScope) -> u64 {
        self.timeouts.get(place(&TimeoutScope::ALL, &scope))
    }
}

/// What a breaker counts. Its snapshot starts from zero with a `reset`; these never go back.
#[derive(Debug)]
pub(crate) struct BreakerMeter {
    transitions: Counts<{ State::ALL.len() * State::ALL.len() }>,
}

impl BreakerMeter {
    pub(crate) const fn new() -> Self {
        Self { transitions: Counts::new() }
    }

    pub(crate) fn changed(&self, from: State, to: State) {
        self.transitions.add_one(Self::place_of(from, to));
    }

    pub(crate) fn changes(&self, from: State, to: State) -> u64 {
        self.transitions.get(Self::place_of(from, to))
    }

    fn place_of(from: State, to: State) -> usize {
        place(&State::ALL, &from) * State::ALL.len() + place(&State::ALL, &to)
    }
}

/// What a rate limiter counts.
#[derive(Debug)]
pub(crate) struct LimiterMeter {
    pub(crate) admitted: Sharded,
}

impl LimiterMeter {
    pub(crate) const fn new() -> Self {
        Self { admitted: Sharded::new() }
    }

    #[inline]
    pub(crate) fn admitted(&self) {
        self.admitted.add_one();
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_none_is_lost() {
        let texts = Texts::new();
        for number in 0..2 * MAX_TEXTS {
            texts.add_one(Box::leak(number.to_string().into_boxed_str()));
        }
        assert_eq!(texts.add_one("0"), "0");
        assert_eq!(texts.add_one("another"), OTHER);
        let all = texts.all();
        assert_eq!(all.len(), MAX_TEXTS + 1);
        assert_eq!(all.iter().map(|(_, count)| count).sum::<u64>(), 2 * MAX_TEXTS as u64 + 2);
    }

    #[test]
    fn every_value_of_a_closed_set_has_a_place_of_its_own() {
        let meter = SiteMeter::new();
        for (times, reason) in StopReason::OF_FAILURES.into_iter().enumerate() {
            (0..times).for_each(|_| meter.add_failure(Some(reason), false));
        }
        let counted = StopReason::OF_FAILURES.map(|reason| meter.failures(reason));
        assert_eq!(counted, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn each_pair_of_states_is_counted_apart() {
        let meter = BreakerMeter::new();
        meter.changed(State::Open, State::HalfOpen);
        assert_eq!(meter.changes(State::Open, State::HalfOpen), 1);
        assert_eq!(meter.changes(State::HalfOpen, State::Open), 0);
    }
}
