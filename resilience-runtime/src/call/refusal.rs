//! A first attempt that is refused at once, in an outage or under too much load: where nothing else would be tried and
//! nobody traces the call, this is all there is to it. It never begins.
//!
//! Nothing where there is more to ask, or to wait for.

use core::time::Duration;

use super::failure::stop_after;
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::breaker::Breaker;
use crate::policy::bulkhead::Bulkhead;
use crate::policy::limiter::RateLimiter;
use crate::site::Site;
use crate::telemetry::meter::{CallMeter, Started};
use crate::telemetry::values::CallOutcome;
use crate::time::Moment;

/// By a breaker that is open for some time yet.
#[cold]
pub(super) fn by_breaker(site: &'static Site, breaker: &Breaker) -> Option<Rejected> {
    if !site.has_no_second_chance() {
        return None;
    }
    let rejected = breaker.try_refuse();
    if rejected.is_some() {
        tell(site, RejectedKind::BreakerOpen);
    }
    rejected
}

/// By a rate limit where nobody waits, and where a call would have to for so long.
#[cold]
pub(super) fn by_rate_limit(
    site: &'static Site,
    limiter: &RateLimiter,
    retry_after: Option<Duration>,
) -> Option<Rejected> {
    if !(site.has_no_second_chance() && limiter.max_wait().is_zero()) {
        return None;
    }
    let rejected = limiter.reject(retry_after?);
    tell(site, RejectedKind::RateLimited);
    Some(rejected)
}

/// By a bulkhead that is full, and has no queue.
#[cold]
pub(super) fn by_bulkhead(site: &'static Site, bulkhead: &Bulkhead) -> Option<Rejected> {
    if !site.has_no_second_chance() {
        return None;
    }
    let rejected = bulkhead.try_refuse();
    if rejected.is_some() {
        tell(site, RejectedKind::BulkheadFull);
    }
    rejected
}

/// Not of the refusal itself: looked at, it would go through memory once more on its way to the caller.
fn tell(site: &'static Site, kind: RejectedKind) {
    let mut meter = CallMeter::of(Started::at(&mut Moment::default()));
    meter.gave_up(site, 0, stop_after(kind));
    meter.finished(site, 0, CallOutcome::Rejected, Some(kind.as_error_type()));
}
