//! What calls and policies count for metrics: the real thing with the feature `otel`, nothing without it.
//!
//! Both have the same methods, so that no other file asks for the feature; a meter that counts nothing has no size and
//! leaves no instruction behind.

#[cfg(feature = "otel")]
pub(crate) use super::metrics::call::{AttemptMeter, CallMeter, Started};
#[cfg(feature = "otel")]
pub(crate) use super::metrics::count::{BreakerMeter, LimiterMeter, SiteMeter};
#[cfg(not(feature = "otel"))]
pub(crate) use off::{AttemptMeter, BreakerMeter, CallMeter, LimiterMeter, SiteMeter, Started};

#[cfg(not(feature = "otel"))]
mod off {
    #![expect(clippy::unused_self, reason = "the methods of the meters that count")]
    #![expect(clippy::needless_pass_by_ref_mut, reason = "the methods of the meters that count")]

    use crate::event::{StopReason, TimeoutScope};
    use crate::policy::breaker::State;
    use crate::site::Site;
    use crate::telemetry::values::{AttemptKind, AttemptOutcome, CallOutcome, QueueKind, QueueOutcome};
    use crate::time::Moment;

    #[derive(Debug)]
    pub(crate) struct SiteMeter;

    impl SiteMeter {
        pub(crate) const fn new() -> Self {
            Self
        }
    }

    #[derive(Debug)]
    pub(crate) struct BreakerMeter;

    impl BreakerMeter {
        pub(crate) const fn new() -> Self {
            Self
        }

        pub(crate) fn changed(&self, _from: State, _to: State) {}
    }

    #[derive(Debug)]
    pub(crate) struct LimiterMeter;

    impl LimiterMeter {
        pub(crate) const fn new() -> Self {
            Self
        }

        #[inline]
        pub(crate) fn admitted(&self) {}
    }

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct AttemptMeter;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Started;

    impl Started {
        #[inline]
        pub(crate) fn at(_now: &mut Moment) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn first_succeeded(self, _site: &'static Site) {}
    }

    #[derive(Debug)]
    pub(crate) struct CallMeter;

    impl CallMeter {
        #[inline]
        pub(crate) fn of(_started: Started) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn attempt_begins(&mut self, _is_at_start: bool) {}

        pub(crate) fn attempt_ends(
            &mut self,
            _site: &'static Site,
            _kind: AttemptKind,
            _outcome: AttemptOutcome,
        ) {
        }

        #[inline]
        pub(crate) fn succeeded(&self, _site: &'static Site, _attempts: u32, _kind: AttemptKind) {}

        pub(crate) fn take_attempt(&mut self) -> AttemptMeter {
            AttemptMeter
        }

        pub(crate) fn put_attempt(&mut self, _attempt: AttemptMeter) {}

        pub(crate) fn won(&mut self, _site: &'static Site, _retries: u32, _is_hedge: bool) {}

        pub(crate) fn gave_up(&mut self, _site: &'static Site, _attempts: u32, _reason: StopReason) {}

        pub(crate) fn timed_out(&mut self, _site: &'static Site, _scope: TimeoutScope) {}

        pub(crate) fn wait_begins(&mut self) {}

        pub(crate) fn wait_ends(&mut self, _site: &'static Site) {}

        pub(crate) fn queue_begins(&mut self, _kind: QueueKind) {}

        pub(crate) fn queue_ends(&mut self, _site: &'static Site, _outcome: QueueOutcome) {}

        pub(crate) fn falls_back(&mut self, _site: &'static Site, _reason: &'static str) {}

        pub(crate) fn abandoned(
            &mut self,
            _site: &'static Site,
            _attempts: u32,
            _kind: AttemptKind,
            _outcome: AttemptOutcome,
        ) {
        }

        pub(crate) fn finished(
            &mut self,
            _site: &'static Site,
            _attempts: u32,
            _outcome: CallOutcome,
            _error_type: Option<&'static str>,
        ) {
        }
    }
}
