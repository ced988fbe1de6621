//! The leave to make one retry.

use core::fmt;

use super::guard::RetryBudget;
use super::state::Entry;

/// The leave to make one retry, taken when the retry is decided on and [spent](Self::spend) when it is made.
///
/// Cancel safe: dropped unspent, by a call that is dropped during its wait or that a policy refuses, the retry was not
/// made, and another call may make one in its place.
///
/// ```
/// use resilience_runtime::{BudgetConfig, RetryBudget};
///
/// let budget = RetryBudget::new("db", BudgetConfig::new().floor(1));
/// let withdrawal = budget.withdraw().expect("one in ten seconds");
/// assert!(budget.withdraw().is_none());
///
/// drop(withdrawal);
/// budget.withdraw().expect("it was given back").spend();
/// assert!(budget.withdraw().is_none());
/// ```
#[must_use = "a withdrawal that is dropped is given back"]
pub struct Withdrawal<'b> {
    budget: &'b RetryBudget,
    entry: Entry,
}

impl<'b> Withdrawal<'b> {
    pub(super) fn new(budget: &'b RetryBudget, entry: Entry) -> Self {
        Self { budget, entry }
    }

    /// The retry is made: it stays counted for as long as the budget's window.
    pub fn spend(self) {
        core::mem::forget(self);
    }
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.entry);
    }
}

impl fmt::Debug for Withdrawal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Withdrawal").field("budget", &self.budget.name()).finish_non_exhaustive()
    }
}
