//! What the tests of this room share.

use core::time::Duration;

use super::{BudgetConfig, RetryBudget};
use crate::event::{Event, ear};

mod check;
mod decide;
mod load;
mod model;
mod registry;
mod threads;

const SECOND: Duration = Duration::from_secs(1);

async fn pass(duration: Duration) {
    tokio::time::advance(duration).await;
}

/// How often it was told that this budget is spent.
fn exhaustions(name: &str) -> usize {
    ear::heard(|event| matches!(event, Event::BudgetExhausted { budget } if *budget == name)).len()
}

fn deposit(budget: &RetryBudget, calls: u32) {
    for _ in 0..calls {
        budget.deposit();
    }
}

/// Asks for so many retries, and makes those it gets; how many.
fn retry(budget: &RetryBudget, retries: u32) -> usize {
    let made = (0..retries).filter_map(|_| budget.withdraw()).map(super::Withdrawal::spend);
    made.count()
}

/// Calls and retries in the window.
fn counts(budget: &RetryBudget) -> (u64, u64) {
    let snapshot = budget.snapshot();
    (snapshot.calls, snapshot.retries)
}
