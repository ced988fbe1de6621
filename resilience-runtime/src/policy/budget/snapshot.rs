//! How a budget is doing: its figures.

/// How a budget is doing, at one moment.
///
/// ```
/// use resilience_runtime::{BudgetConfig, RetryBudget};
///
/// let budget = RetryBudget::new("db", BudgetConfig::new().ratio(0.1).floor(1));
/// for _ in 0..50 {
///     budget.deposit();
/// }
/// budget.withdraw().expect("the first of five").spend();
/// let snapshot = budget.snapshot();
/// assert_eq!((snapshot.calls, snapshot.retries, snapshot.available), (50, 1, 4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetSnapshot {
    /// Calls in the window, each counted once.
    pub calls: u64,
    /// Retries in the window, those that wait for their delay included.
    pub retries: u64,
    /// How many more retries there can be now.
    pub available: u64,
    /// Retries that were refused, since the budget was made or [reset](super::RetryBudget::reset).
    pub rejections: u64,
}
