//! The leave to run one call.

use core::fmt;
use core::mem::ManuallyDrop;

use super::guard::{Bulkhead, Verdict};
use crate::time::Tick;

/// The leave to run one call, for as long as it is held.
///
/// Cancel safe: dropped, it lets the next call in. Only an adaptive bulkhead wants to know how the call ended, and
/// takes none of it into account for a slot that is dropped, unless by a panic: that is a failure.
///
/// ```
/// use resilience_runtime::{Bulkhead, BulkheadConfig, Rejected};
///
/// static DB: Bulkhead = Bulkhead::new("db", BulkheadConfig::new(10));
///
/// async fn load() -> Result<u32, Rejected> {
///     let slot = DB.try_enter()?;
///     let answer = core::future::ready(7).await;
///     slot.success();
///     Ok(answer)
/// }
/// # let _ = load;
/// ```
#[must_use = "a slot that is dropped at once limits nothing"]
pub struct Slot<'b> {
    bulkhead: &'b Bulkhead,
    /// When it was entered, where that is of interest.
    started: Option<Tick>,
}

impl<'b> Slot<'b> {
    #[inline]
    pub(super) fn new(bulkhead: &'b Bulkhead, started: Option<Tick>) -> Self {
        Self { bulkhead, started }
    }

    /// The call was answered; also when the answer is an error that is the caller's own fault.
    #[inline]
    pub fn success(self) {
        self.leave(Verdict::Success);
    }

    /// The call failed, or took longer than its timeout.
    #[inline]
    pub fn failure(self) {
        self.leave(Verdict::Failure);
    }

    /// The outcome says nothing about the dependency.
    #[inline]
    pub fn ignore(self) {
        self.leave(Verdict::Ignored);
    }

    #[inline]
    fn leave(self, verdict: Verdict) {
        let slot = ManuallyDrop::new(self);
        slot.bulkhead.leave(slot.started, verdict);
    }
}

impl Drop for Slot<'_> {
    #[inline]
    fn drop(&mut self) {
        self.bulkhead.leave(self.started, Verdict::Dropped);
    }
}

impl fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("bulkhead", &self.bulkhead.name()).finish_non_exhaustive()
    }
}
