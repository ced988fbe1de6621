//! The leave to make one call.

use core::fmt;
use core::mem::ManuallyDrop;

use super::guard::Throttle;

/// The leave to make one call, and the place to tell that it was accepted.
///
/// Dropped without, the call counts as not accepted, whether it failed, panicked or was given up: callers that give up
/// waiting are what overload looks like.
///
/// ```
/// use resilience_runtime::{Rejected, Throttle, ThrottleConfig};
///
/// static DB: Throttle = Throttle::new("db", ThrottleConfig::new());
///
/// async fn load() -> Result<u32, Rejected> {
///     let admission = DB.try_admit()?;
///     let answer = core::future::ready(7).await;
///     admission.accept();
///     Ok(answer)
/// }
/// # let _ = load;
/// ```
#[must_use = "an admission that is dropped at once counts a call that was not accepted"]
pub struct Admission<'t> {
    throttle: &'t Throttle,
}

impl<'t> Admission<'t> {
    pub(super) fn new(throttle: &'t Throttle) -> Self {
        Self { throttle }
    }

    /// The dependency took the call; also when its answer is an error that is the caller's own fault.
    pub fn accept(self) {
        // It has counted as accepted all the time.
        core::mem::forget(self);
    }

    /// The call says nothing about the dependency, as one that another policy refused: it is as if it had not asked.
    pub fn ignore(self) {
        ManuallyDrop::new(self).throttle.ignore();
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.throttle.fail();
    }
}

impl fmt::Debug for Admission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admission").field("throttle", &self.throttle.name()).finish_non_exhaustive()
    }
}
