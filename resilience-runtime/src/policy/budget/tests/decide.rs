//! Tables: so many calls, so many retries, so late.

use super::*;
use crate::time::Tick;

#[tokio::test(start_paused = true)]
async fn retries_are_at_most_the_ratio_of_calls() {
    // Ratio, calls, and how many retries that makes; 0.29 of 100 is 28.999.. in floating point.
    let table = [(0.2, 100, 20), (0.2, 99, 19), (0.1, 30, 3), (0.29, 100, 29), (0.07, 100, 7), (1.0, 17, 17)];
    for (ratio, calls, retries) in table {
        let budget = RetryBudget::new("ratio", BudgetConfig::new().ratio(ratio).floor(1));
        deposit(&budget, calls);
        assert_eq!(budget.snapshot().available, retries as u64, "{ratio} of {calls}");
        assert_eq!(retry(&budget, calls + 1), retries, "{ratio} of {calls}");
        assert_eq!(budget.snapshot().available, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_floor_is_for_few_calls_and_adds_nothing_to_many() {
    for (calls, retries) in [(0, 3), (1, 3), (15, 3), (19, 3), (20, 4), (50, 10)] {
        let budget = RetryBudget::new("floor", BudgetConfig::new());
        deposit(&budget, calls);
        assert_eq!(retry(&budget, 100), retries, "{calls}");
    }
}

// I6
#[tokio::test(start_paused = true)]
async fn each_refused_retry_is_told_once() {
    let budget = RetryBudget::new("i6", BudgetConfig::new().floor(1));
    assert_eq!((retry(&budget, 1), exhaustions("i6")), (1, 0));
    assert!(budget.withdraw().is_none());
    assert_eq!((exhaustions("i6"), budget.snapshot().rejections), (1, 1));
    assert_eq!((retry(&budget, 4), exhaustions("i6"), budget.snapshot().rejections), (0, 5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_call_counts_until_it_is_as_old_as_the_window() {
    let budget = RetryBudget::new("calls-age", BudgetConfig::new());
    deposit(&budget, 100);
    pass(Duration::from_nanos(9_999_999_999)).await;
    assert_eq!(budget.snapshot().available, 20);
    pass(Duration::from_nanos(1)).await;
    assert_eq!((budget.snapshot().available, counts(&budget)), (3, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_retry_counts_until_it_is_older_than_the_window() {
    let budget = RetryBudget::new("retries-age", BudgetConfig::new().floor(1));
    assert_eq!(retry(&budget, 1), 1);
    // A 32nd late, since others may have been counted with it.
    let late = 10 * SECOND / 32;
    pass(late + Duration::from_nanos(9_999_999_999)).await;
    assert_eq!(retry(&budget, 1), 0);
    pass(Duration::from_nanos(1)).await;
    assert_eq!(retry(&budget, 1), 1);
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_saves_nothing_up() {
    let budget = RetryBudget::new("idle", BudgetConfig::new());
    deposit(&budget, 10_000);
    pass(3600 * SECOND).await;
    assert_eq!(retry(&budget, 100), 3);
}

// I12
#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_its_wait_gives_its_retry_back() {
    let budget = RetryBudget::new("i12", BudgetConfig::new().floor(1));
    let wait = async {
        let _withdrawal = budget.withdraw().expect("the first");
        core::future::pending::<()>().await;
    };
    {
        let mut wait = Box::pin(wait);
        let mut context = core::task::Context::from_waker(core::task::Waker::noop());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert_eq!((retry(&budget, 1), budget.snapshot().retries), (0, 1));
    }
    assert_eq!((retry(&budget, 2), budget.snapshot().retries), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_wait_gives_the_retry_back() {
    let budget = RetryBudget::new("panic", BudgetConfig::new().floor(1));
    let panics = std::panic::AssertUnwindSafe(|| {
        let _withdrawal = budget.withdraw();
        panic!("in the delay");
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(retry(&budget, 2), 1);
}

// I12
#[tokio::test(start_paused = true)]
async fn what_is_forgotten_already_is_not_given_back_again() {
    let budget = RetryBudget::new("late", BudgetConfig::new().floor(2));
    let late = budget.withdraw().expect("the first");
    pass(11 * SECOND).await;
    assert_eq!(retry(&budget, 3), 2);
    drop(late);
    assert_eq!((retry(&budget, 1), counts(&budget)), (0, (0, 2)));

    // Nor where the window has changed since.
    let late = {
        pass(11 * SECOND).await;
        budget.withdraw().expect("a new window")
    };
    budget.reconfigure(BudgetConfig::new().floor(2).window(20 * SECOND)).unwrap();
    assert_eq!(retry(&budget, 3), 2);
    drop(late);
    assert_eq!((retry(&budget, 1), counts(&budget)), (0, (0, 2)));
}

#[tokio::test(start_paused = true)]
async fn another_configuration_keeps_what_was_counted() {
    let budget = RetryBudget::new("reconfigured", BudgetConfig::new());
    deposit(&budget, 100);
    assert_eq!(retry(&budget, 10), 10);
    budget.reconfigure(BudgetConfig::new().ratio(0.12)).unwrap();
    assert_eq!((retry(&budget, 10), counts(&budget)), (2, (100, 12)));
    budget.reconfigure(BudgetConfig::new().ratio(0.12).window(SECOND)).unwrap();
    assert_eq!(counts(&budget), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_or_calls_back_takes_nothing_with_it() {
    static BUDGET: RetryBudget = RetryBudget::new("listened", BudgetConfig::new().floor(1));
    assert_eq!(retry(&BUDGET, 1), 1);
    ear::react(|_| {
        BUDGET.deposit();
        assert!(BUDGET.withdraw().is_none());
        panic!("listener");
    });
    assert!(BUDGET.withdraw().is_none());
    assert_eq!((exhaustions("listened"), counts(&BUDGET)), (2, (1, 1)));
}

#[test]
fn a_clock_that_jumps_wedges_nothing() {
    use crate::policy::budget::state::Machine;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

    let mut machine = Machine::new(BudgetConfig::new().floor(1).settings());
    let start = Tick::now();
    machine.deposit(start);
    assert!(machine.withdraw(start).is_some());
    // Ahead by years, and to the end of all time.
    assert!(machine.withdraw(start.after(9 * YEAR)).is_some());
    assert!(machine.withdraw(start.after(Duration::MAX)).is_some());
    // Back: what was counted is as old as before, so that it is forgotten in its time.
    assert!(machine.withdraw(start).is_none());
    machine.deposit(start);
    assert!(machine.withdraw(start.after(9 * SECOND)).is_none());
    assert!(machine.withdraw(start.after(11 * SECOND)).is_some());
    // Back by a little, as between threads, is no time at all.
    assert!(machine.withdraw(start.after(10 * SECOND)).is_none());
}

#[test]
fn memory_does_not_grow_with_calls_or_retries() {
    use crate::policy::budget::state::Machine;

    let mut machine = Machine::new(BudgetConfig::new().ratio(1.0).settings());
    for millis in 0..100_000 {
        let now = Tick::from_nanos(millis * 1_000_000 + 1);
        machine.deposit(now);
        assert!(machine.withdraw(now).is_some() || millis > 0);
    }
    let (calls, retries) = machine.parts();
    assert!(calls <= 32 && retries <= 33, "{calls} {retries}");
}
