//! What one call counts, and times while a meter provider is installed.

use std::sync::atomic::Ordering;

use super::count::Attributes;
use super::instruments::{self, histograms};
use super::keys;
use crate::event::{StopReason, TimeoutScope};
use crate::site::Site;
use crate::telemetry::values::{AttemptKind, AttemptOutcome, CallOutcome, QueueKind, QueueOutcome};
use crate::time::{Moment, Tick};

/// What is going on, and is to be told when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Nothing,
    Attempt,
    Wait,
    Queue(QueueKind),
}

/// What a call knows of its metrics.
#[derive(Debug)]
pub(crate) struct CallMeter {
    /// Only where durations are recorded; without them a call reads no clock for metrics.
    started: Option<Tick>,
    /// The start of the phase, where that is not the call's own.
    since: Option<Tick>,
    phase: Phase,
    /// Whether it was counted as a success or failure.
    is_counted: bool,
}

/// What is known of one of several attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptMeter(Option<Tick>);

/// When a call started, where anybody wants to know: all that there is to tell of one that succeeds at its first attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started(Option<Tick>);

impl Started {
    /// At that moment.
    #[inline]
    pub(crate) fn at(now: &mut Moment) -> Self {
        Self(if instruments::are_timed() { Some(now.tick()) } else { None })
    }

    /// The first attempt has succeeded, without a wait.
    #[inline]
    pub(crate) fn first_succeeded(self, site: &'static Site) {
        if self.0.is_none() {
            site.state.meter.healthy.add_one();
        } else {
            self.tell_success(site);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_success(self, site: &'static Site) {
        let mut meter = CallMeter::of(self);
        meter.attempt_begins(true);
        meter.succeeded(site, 1, AttemptKind::Original);
    }
}

impl CallMeter {
    #[inline]
    pub(crate) fn of(started: Started) -> Self {
        Self { started: started.0, since: None, phase: Phase::Nothing, is_counted: false }
    }

    #[inline]
    fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        if self.started.is_some() {
            self.since = Some(Tick::now());
        }
    }

    /// Ends the phase, and says how long it was.
    fn end(&mut self) -> Option<f64> {
        self.phase = Phase::Nothing;
        self.since.take().or(self.started).map(|since| Tick::now().since(since).as_secs_f64())
    }

    /// An attempt begins; where nothing came before it, with the call.
    #[inline]
    pub(crate) fn attempt_begins(&mut self, is_at_start: bool) {
        if is_at_start {
            self.phase = Phase::Attempt;
        } else {
            self.begin(Phase::Attempt);
        }
    }

    /// The attempt has failed, or is given up.
    pub(crate) fn attempt_ends(&mut self, site: &'static Site, kind: AttemptKind, outcome: AttemptOutcome) {
        site.state.meter.add_attempt(kind);
        let seconds = self.end();
        if let (Some(seconds), Some(histograms)) = (seconds, histograms()) {
            let operation = attributes(site).operation[0].clone();
            histograms.attempt.record(seconds, &[operation, keys::ATTEMPT_OUTCOME.value(outcome.as_str())]);
        }
    }

    /// The attempt has succeeded, and so has the call, after so many that followed each other.
    #[inline]
    pub(crate) fn succeeded(&self, site: &'static Site, rounds: u32, kind: AttemptKind) {
        if rounds == 1 && kind == AttemptKind::Original && self.started.is_none() {
            site.state.meter.healthy.add_one();
        } else {
            self.succeeded_in_detail(site, rounds, kind);
        }
    }

    #[inline(never)]
    fn succeeded_in_detail(&self, site: &'static Site, rounds: u32, kind: AttemptKind) {
        if rounds == 1 && kind == AttemptKind::Original {
            site.state.meter.healthy.add_one();
        } else {
            site.state.meter.add_attempt(kind);
            site.state.meter.add_success(rounds > 1);
        }
        let Some(started) = self.started else { return };
        let Some(histograms) = histograms() else { return };
        let (now, attributes) = (Tick::now(), attributes(site));
        let since = self.since.unwrap_or(started);
        histograms.attempt.record(now.since(since).as_secs_f64(), &attributes.attempt_success);
        histograms.request.record(now.since(started).as_secs_f64(), &attributes.call_success);
        if rounds > 1 {
            histograms.retries.record(u64::from(rounds - 1), &attributes.call_success);
        }
    }

    /// Takes out what it knows of the attempt under way, beside which others begin.
    pub(crate) fn take_attempt(&mut self) -> AttemptMeter {
        self.phase = Phase::Nothing;
        AttemptMeter(self.since.take().or(self.started))
    }

    /// Puts it back, for its end.
    pub(crate) fn put_attempt(&mut self, attempt: AttemptMeter) {
        self.phase = Phase::Attempt;
        self.since = attempt.0;
    }

    /// The call succeeded by one of several attempts that were under way; each of them is counted by itself.
    pub(crate) fn won(&mut self, site: &'static Site, retries: u32, is_hedge: bool) {
        self.is_counted = true;
        site.state.meter.add_success(retries > 0);
        if is_hedge {
            site.state.meter.hedge_wins.fetch_add(1, Ordering::Relaxed);
        }
        let (Some(started), Some(histograms)) = (self.started, histograms()) else { return };
        let attributes = attributes(site);
        histograms.request.record(Tick::now().since(started).as_secs_f64(), &attributes.call_success);
        if retries > 0 {
            histograms.retries.record(u64::from(retries), &attributes.call_success);
        }
    }

    /// The call has left the retry layer without success; a fallback may come.
    pub(crate) fn gave_up(&mut self, site: &'static Site, attempts: u32, reason: StopReason) {
        self.is_counted = true;
        site.state.meter.add_failure(Some(reason), attempts > 1);
    }

    /// A limit on time ran out.
    #[expect(clippy::unused_self, reason = "all that a call counts goes through its meter")]
    pub(crate) fn timed_out(&mut self, site: &'static Site, scope: TimeoutScope) {
        site.state.meter.add_timeout(scope);
    }

    /// The wait before a retry begins.
    pub(crate) fn wait_begins(&mut self) {
        self.begin(Phase::Wait);
    }

    /// The wait before a retry is over, or given up.
    pub(crate) fn wait_ends(&mut self, site: &'static Site) {
        if let (Some(seconds), Some(histograms)) = (self.end(), histograms()) {
            histograms.backoff.record(seconds, &attributes(site).operation);
        }
    }

    /// The wait for a limit begins.
    pub(crate) fn queue_begins(&mut self, kind: QueueKind) {
        self.begin(Phase::Queue(kind));
    }

    /// The wait for a limit is over, or given up.
    pub(crate) fn queue_ends(&mut self, site: &'static Site, outcome: QueueOutcome) {
        let Phase::Queue(kind) = self.phase else { return };
        let Some(seconds) = self.end() else { return };
        let name = match kind {
            QueueKind::RateLimit => site.get_rate_limit().map(crate::policy::limiter::RateLimiter::name),
            QueueKind::Bulkhead => site.get_bulkhead().map(crate::policy::bulkhead::Bulkhead::name),
        };
        if let (Some(name), Some(histograms)) = (name, histograms()) {
            let attributes = [
                keys::QUEUE_KIND.value(kind.as_str()),
                keys::QUEUE_NAME.value(name),
                keys::QUEUE_OUTCOME.value(outcome.as_str()),
            ];
            histograms.queue.record(seconds, &attributes);
        }
    }

    /// The fallback is asked.
    #[expect(clippy::unused_self, reason = "all that a call counts goes through its meter")]
    pub(crate) fn falls_back(&mut self, site: &'static Site, reason: &'static str) {
        site.state.meter.fallbacks.add_one(reason);
    }

    /// The call is dropped before its result was known, by a panic or not.
    pub(crate) fn abandoned(
        &mut self,
        site: &'static Site,
        attempts: u32,
        kind: AttemptKind,
        outcome: AttemptOutcome,
    ) {
        match self.phase {
            Phase::Nothing => {}
            Phase::Attempt => self.attempt_ends(site, kind, outcome),
            Phase::Wait => self.wait_ends(site),
            Phase::Queue(_) => self.queue_ends(site, QueueOutcome::Cancelled),
        }
        if outcome == AttemptOutcome::Panicked && !self.is_counted {
            self.is_counted = true;
            site.state.meter.add_failure(None, attempts > 1);
        }
    }

    /// The call is over in any way but [`succeeded`](Self::succeeded).
    pub(crate) fn finished(
        &mut self,
        site: &'static Site,
        attempts: u32,
        outcome: CallOutcome,
        error_type: Option<&'static str>,
    ) {
        if outcome == CallOutcome::Success {
            return;
        }
        let Some(started) = self.started else { return };
        let Some(histograms) = histograms() else { return };
        let operation = &attributes(site).operation[0];
        let ended = [operation.clone(), keys::OUTCOME.value(outcome.as_str())];
        if attempts > 1 {
            histograms.retries.record(u64::from(attempts - 1), &ended);
        }
        let seconds = Tick::now().since(started).as_secs_f64();
        match error_type {
            None => histograms.request.record(seconds, &ended),
            Some(error_type) => {
                let [operation, outcome] = ended;
                let error_type = keys::ERROR_TYPE.value(site.state.meter.errors.add_one(error_type));
                histograms.request.record(seconds, &[operation, outcome, error_type]);
            }
        }
    }
}

/// The attribute sets of a function, made when first needed.
fn attributes(site: &'static Site) -> &'static Attributes {
    site.state.meter.attributes.get_or_init(|| {
        let operation = keys::OPERATION.value(site.operation());
        Attributes {
            operation: [operation.clone()],
            call_success: [operation.clone(), keys::OUTCOME.value(CallOutcome::Success.as_str())],
            attempt_success: [operation, keys::ATTEMPT_OUTCOME.value(AttemptOutcome::Success.as_str())],
        }
    })
}
