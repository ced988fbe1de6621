//! Every interleaving of two threads. Time is not paused here and decides nothing.

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::{BudgetConfig, RetryBudget};

const ONE: BudgetConfig = BudgetConfig::new().floor(1);

#[test]
fn no_call_is_lost_while_a_retry_collects() {
    model(|| {
        let budget = Arc::new(RetryBudget::new("loom", ONE));
        budget.deposit();
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || {
            other.deposit();
            other.deposit();
        });
        let withdrawal = budget.withdraw();
        thread.join().unwrap();
        assert!(withdrawal.is_some());
        assert_eq!((budget.snapshot().calls, budget.snapshot().retries), (3, 1));
    });
}

#[test]
fn the_last_retry_is_made_once() {
    model(|| {
        let budget = Arc::new(RetryBudget::new("loom", ONE));
        let other = Arc::clone(&budget);
        let spend = |budget: &RetryBudget| budget.withdraw().map(|withdrawal| withdrawal.spend()).is_some();
        let thread = thread::spawn(move || spend(&other));
        let is_mine = spend(&budget);
        assert!(is_mine != thread.join().unwrap());
        assert_eq!(budget.snapshot().rejections, 1);
    });
}

// I12
#[test]
fn a_dropped_withdrawal_is_given_back_once() {
    model(|| {
        let budget = Arc::new(RetryBudget::new("loom", ONE.floor(2)));
        budget.withdraw().unwrap().spend();
        let other = Arc::clone(&budget);
        let thread = thread::spawn(move || drop(other.withdraw()));
        drop(budget.withdraw());
        thread.join().unwrap();
        assert_eq!((budget.snapshot().retries, budget.snapshot().available), (1, 1));
    });
}
