//! The decision when the next extra attempt is started. No clock, no attempt.

use core::time::Duration;

use crate::outcome::Class;
use crate::time::Tick;

/// When the next extra attempt of a call is started, if another one is.
#[derive(Debug)]
pub(crate) struct Plan {
    /// How many may still be started.
    left: u32,
    /// Since when the first attempt is under way.
    began: Option<Tick>,
    next: Option<Tick>,
    /// The dependency has asked not to be called before `next`.
    is_held: bool,
}

impl Plan {
    /// With up to `max` extra attempts.
    pub(crate) const fn new(max: u32) -> Self {
        Self { left: max, began: None, next: None, is_held: false }
    }

    /// Whether the first attempt is under way.
    pub(crate) const fn has_begun(&self) -> bool {
        self.began.is_some()
    }

    /// The first attempt is under way since `began`; without a `delay` only a failure starts another one.
    pub(crate) fn begin(&mut self, began: Tick, delay: Option<Duration>) {
        self.began = Some(began);
        self.next = delay.map(|delay| began.after(delay));
    }

    /// For how long the first attempt has been under way.
    pub(crate) fn elapsed(&self, now: Tick) -> Duration {
        self.began.map_or(Duration::ZERO, |began| now.since(began))
    }

    /// An attempt failed in a way that another one can mend; a hint is waited for where it is no longer than `longest`.
    pub(crate) fn failed(&mut self, now: Tick, class: Class, longest: Option<Duration>) {
        match class {
            Class::Throttled { retry_after: Some(hint) } if longest.is_none_or(|longest| hint <= longest) => {
                let until = now.after(hint);
                let held = self.next.filter(|_| self.is_held);
                self.next = Some(held.map_or(until, |held| held.max(until)));
                self.is_held = true;
            }
            // It will not bear more in time, or does not say when.
            Class::Throttled { .. } => self.left = 0,
            _ if self.is_held => {}
            _ => self.next = Some(now),
        }
    }

    /// Whether an extra attempt is to be started now; it counts as started, and the one after it comes `delay` later.
    pub(crate) fn starts(&mut self, now: Tick, delay: Option<Duration>) -> bool {
        let is_due = self.left > 0 && self.next.is_some_and(|next| next <= now);
        if is_due {
            self.left -= 1;
            self.next = delay.map(|delay| now.after(delay));
            self.is_held = false;
        }
        is_due
    }

    /// When the next one is due. While none is under way it is waited for only where the dependency has named the time.
    pub(crate) fn next(&self, is_running: bool) -> Option<Tick> {
        self.next.filter(|_| self.left > 0 && (is_running || self.is_held))
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const HINT: Class = Class::Throttled { retry_after: Some(Duration::from_millis(500)) };

    fn at(ms: u32) -> Tick {
        Tick::from_nanos(1_000_000_000).after(ms * MS)
    }

    fn begun(max: u32, delay: Option<Duration>) -> Plan {
        let mut plan = Plan::new(max);
        plan.begin(at(0), delay);
        plan
    }

    #[test]
    fn extra_attempts_come_one_delay_after_another() {
        let mut plan = begun(2, Some(10 * MS));
        assert!(!plan.starts(at(9), Some(10 * MS)));
        assert!(plan.starts(at(10), Some(10 * MS)));
        assert!(!plan.starts(at(19), Some(10 * MS)));
        assert_eq!(plan.next(true), Some(at(20)));
        assert!(plan.starts(at(20), Some(10 * MS)));
        assert!(!plan.starts(at(100), Some(10 * MS)));
        assert_eq!(plan.next(true), None);
    }

    // M3
    #[test]
    fn without_a_delay_all_start_at_once() {
        let mut plan = begun(3, Some(Duration::ZERO));
        let started = (0..5).filter(|_| plan.starts(at(0), Some(Duration::ZERO))).count();
        assert_eq!(started, 3);
    }

    #[test]
    fn a_failure_starts_the_next_one_and_the_delay_goes_on_from_there() {
        let mut plan = begun(2, Some(10 * MS));
        plan.failed(at(4), Class::Transient, Some(500 * MS));
        assert!(plan.starts(at(4), Some(10 * MS)));
        assert_eq!(plan.next(true), Some(at(14)));
        assert_eq!(plan.next(false), None);
    }

    #[test]
    fn where_no_delay_is_known_only_failures_start_one() {
        let mut plan = begun(2, None);
        assert_eq!(plan.next(true), None);
        assert!(!plan.starts(at(1_000_000), None));
        plan.failed(at(4), Class::Transient, Some(500 * MS));
        assert!(plan.starts(at(4), None));
        assert_eq!(plan.next(true), None);
    }

    // M12
    #[test]
    fn a_hint_holds_back_all_that_is_to_come() {
        let mut plan = begun(3, Some(10 * MS));
        plan.failed(at(4), HINT, Some(500 * MS));
        plan.failed(at(5), Class::Transient, Some(500 * MS));
        assert_eq!((plan.next(true), plan.next(false)), (Some(at(504)), Some(at(504))));
        plan.failed(at(6), HINT, Some(500 * MS));
        assert_eq!(plan.next(true), Some(at(506)));
        assert!(!plan.starts(at(505), Some(10 * MS)));
        assert!(plan.starts(at(506), Some(10 * MS)));
        assert_eq!(plan.next(true), Some(at(516)));
    }

    // M12
    #[test]
    fn a_dependency_that_bears_no_more_gets_no_more() {
        let mut plan = begun(3, Some(10 * MS));
        plan.failed(at(4), Class::Throttled { retry_after: None }, Some(500 * MS));
        assert_eq!(plan.next(true), None);
        assert!(!plan.starts(at(100), Some(10 * MS)));
    }

    #[test]
    fn a_longer_hint_is_not_waited_for() {
        let mut plan = begun(3, Some(10 * MS));
        plan.failed(at(4), HINT, Some(499 * MS));
        assert_eq!((plan.next(true), plan.next(false)), (None, None));
        assert!(!plan.starts(at(504), Some(10 * MS)));
    }
}
