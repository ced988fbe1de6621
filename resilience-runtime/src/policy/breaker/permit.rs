//! The leave to make one call.

use core::fmt;
use core::mem::ManuallyDrop;

use super::gate::Word;
use super::guard::Breaker;
use super::state::{Ticket, Verdict};
use crate::time::Tick;

/// The leave to make one call, and the place to tell how it ended.
///
/// Cancel safe: dropped without a verdict, it counts nothing, and a probe gives its place to another call. Dropped by
/// a panic, it counts a failure. An outcome that comes after the breaker has changed its state is not counted.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig, Rejected};
///
/// static DB: Breaker = Breaker::new("db", BreakerConfig::new());
///
/// async fn load() -> Result<u32, Rejected> {
///     let permit = DB.try_acquire()?;
///     let answer = core::future::ready(7).await;
///     permit.success();
///     Ok(answer)
/// }
/// # let _ = load;
/// ```
#[must_use = "a permit that is dropped at once lets the call through uncounted"]
pub struct Permit<'b> {
    breaker: &'b Breaker,
    ticket: Ticket,
}

impl<'b> Permit<'b> {
    pub(super) fn new(breaker: &'b Breaker, ticket: Ticket) -> Self {
        Self { breaker, ticket }
    }

    /// The dependency answered; also when its answer is an error that is the caller's own fault.
    #[inline]
    pub fn success(self) {
        ManuallyDrop::new(self).succeed();
    }

    /// The same for a permit that is not dropped afterwards.
    #[inline]
    pub(crate) fn succeed(&self) {
        self.breaker.succeed(&self.ticket);
    }

    /// The call starts only now, as far as its being slow is concerned.
    pub(crate) fn restart(&mut self) {
        self.ticket.started = self.ticket.started.map(|_| Tick::now());
    }

    /// Whether the breaker has changed its state since.
    pub(crate) fn is_stale(&self) -> bool {
        self.breaker.generation() != self.ticket.generation
    }

    /// The dependency failed.
    pub fn failure(self) {
        self.fail();
    }

    /// The same; whether that opened the breaker.
    pub(crate) fn fail(self) -> bool {
        let permit = ManuallyDrop::new(self);
        permit.breaker.record(permit.ticket, Verdict::Failure)
    }

    /// The outcome says nothing about the dependency.
    pub fn ignore(self) {
        let permit = ManuallyDrop::new(self);
        permit.give_back();
    }

    /// Whether the call is one of those that a half-open breaker lets through to see whether the dependency is back.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.ticket.probe != 0
    }

    #[cfg(test)]
    pub(super) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Only a probe holds something that others wait for.
    fn give_back(&self) {
        if self.is_probe() {
            self.breaker.record(self.ticket, Verdict::Ignored);
        }
    }
}

/// The leave of a closed breaker that times no calls: nobody waits for it, so that it may be forgotten.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass<'b> {
    breaker: &'b Breaker,
    /// The breaker's when it was asked.
    word: Word,
}

impl<'b> Pass<'b> {
    #[inline]
    pub(super) fn new(breaker: &'b Breaker, word: Word) -> Self {
        Self { breaker, word }
    }

    #[inline]
    pub(crate) fn into_permit(self) -> Permit<'b> {
        let Self { breaker, word } = self;
        Permit::new(breaker, Ticket { generation: word.generation(), probe: 0, started: None })
    }

    /// As [`Permit::success`].
    #[inline]
    pub(crate) fn success(self) {
        // In health nothing changes in between, and nothing is written down: one comparison, for all that there is to know.
        if !(self.word.skips() && self.breaker.is_still(self.word)) {
            self.into_permit().success();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.breaker.record(self.ticket, Verdict::Failure);
        } else {
            self.give_back();
        }
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("breaker", &self.breaker.name())
            .field("is_probe", &self.is_probe())
            .finish_non_exhaustive()
    }
}
