//! What the calls of this thread inherit, and what they add to it, while they are polled.
//!
//! Beside the frame of `current`, not in it: only what fails, or is about to be cut off, asks for the caller.

use core::cell::Cell;

use super::caller::Caller;
use crate::current::{Entered, Frame};
use crate::site::Site;
use crate::time::Tick;

thread_local! {
    static CALLER: Cell<Option<Caller>> = const { Cell::new(None) };
    static FURTHER: Cell<u32> = const { Cell::new(0) };
}

/// The caller in another process that this thread works for.
pub(super) fn caller() -> Option<Caller> {
    CALLER.get()
}

/// How many more attempts may follow the one that is running: by the call around, one around that, or the caller,
/// whoever makes more. Where retries are the caller's, nobody else makes any.
pub(super) fn attempts_left() -> u32 {
    match caller() {
        Some(caller) if caller.is_to_retry() => caller.attempts_left(),
        caller => FURTHER.get().max(caller.map_or(0, |caller| caller.attempts_left())),
    }
}

/// Whether what fails here is tried again elsewhere, and is not to be tried again here.
pub(crate) fn caller_retries() -> bool {
    caller().is_some_and(|caller| caller.is_to_retry())
}

/// Until when that caller waits.
pub(crate) fn deadline() -> Option<Tick> {
    caller().and_then(|caller| caller.deadline())
}

/// Works for that caller until it is dropped, by a panic too.
#[derive(Debug)]
pub(super) struct Inside {
    outer: Option<Caller>,
    _frame: Entered,
}

impl Inside {
    pub(super) fn enter(caller: Caller) -> Self {
        Self { outer: CALLER.replace(Some(caller)), _frame: Frame::inherit(caller.deadline()) }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        CALLER.set(self.outer);
    }
}

/// Until it is dropped, an attempt is running that others may follow.
#[derive(Debug)]
pub(crate) struct Further {
    /// Where there is anything to put back.
    outer: Option<u32>,
}

impl Further {
    /// Of a function that has used up so many of its tries.
    #[inline]
    pub(crate) fn enter(site: &Site, tries: u32) -> Self {
        // Without a retry it is as many as may follow the call around.
        match &site.config.retry {
            None => Self { outer: None },
            Some(retry) => Self::add(retry.attempts().saturating_sub(tries)),
        }
    }

    /// The same of a function whose attempts go on beside each other, and of which so many have begun.
    pub(crate) fn beside(site: &Site, tries: u32, attempts: u32) -> Self {
        let retries = site.config.retry.as_ref().map_or(0, |retry| retry.attempts().saturating_sub(tries));
        let begun = attempts.saturating_sub(1);
        let extra = site.config.hedge.as_ref().map_or(0, |hedge| hedge.max().saturating_sub(begun));
        Self::add(retries.max(extra))
    }

    #[inline]
    fn add(further: u32) -> Self {
        let outer = FURTHER.get();
        FURTHER.set(outer.max(further));
        Self { outer: Some(outer) }
    }
}

impl Drop for Further {
    #[inline]
    fn drop(&mut self) {
        if let Some(outer) = self.outer {
            FURTHER.set(outer);
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::policy::hedge::Hedge;
    use crate::site::SiteConfig;

    #[test]
    fn extra_attempts_beyond_number_may_follow() {
        static SITE: Site =
            Site::new(|| (), SiteConfig::empty().hedge(Hedge::after(Duration::ZERO, u32::MAX)));
        let _running = Further::beside(&SITE, 1, 1);
        assert_eq!(attempts_left(), u32::MAX);
    }
}
