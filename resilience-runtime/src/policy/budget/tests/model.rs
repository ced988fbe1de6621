//! Against a model that keeps every call and every retry with its time.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::policy::budget::Withdrawal;
use crate::policy::budget::state::Machine;
use crate::time::Tick;

#[derive(Clone, Copy, Debug)]
enum Step {
    Deposit,
    Withdraw,
    /// Gives the retry of that number back.
    GiveBack(u8),
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => any::<()>().prop_map(|()| Step::Deposit),
        5 => any::<()>().prop_map(|()| Step::Withdraw),
        1 => any::<u8>().prop_map(Step::GiveBack),
        2 => (0_u16..400).prop_map(Step::Pass),
    ]
}

fn config() -> impl Strategy<Value = BudgetConfig> {
    (0.01..=1.0, 1_u32..5, 1_u16..2_000).prop_map(|(ratio, floor, window)| {
        BudgetConfig::new().ratio(ratio).floor(floor).window(Duration::from_millis(window.into()))
    })
}

/// Every call and every retry, in nanoseconds.
#[derive(Default)]
struct Model {
    calls: Vec<u64>,
    retries: Vec<u64>,
}

/// How many are younger than `age`.
fn younger(times: &[u64], now: u64, age: u64) -> u64 {
    times.iter().filter(|at| now - **at < age).count() as u64
}

proptest! {
    /// In no window there are more retries than configured; and none is refused that is allowed by a 32nd of the window.
    #[test]
    fn retries_are_bounded_in_every_window(config in config(), steps in prop::collection::vec(step(), 0..300)) {
        let settings = config.settings();
        let window = u64::try_from(settings.window.as_nanos()).unwrap();
        let part = window.div_ceil(32);
        let mut machine = Machine::new(settings);
        let (mut model, mut taken, mut now) = (Model::default(), Vec::new(), 1_000_000);
        for step in steps {
            let tick = Tick::from_nanos(now);
            match step {
                Step::Deposit => {
                    machine.deposit(tick);
                    model.calls.push(now);
                }
                Step::Withdraw => {
                    let entry = machine.withdraw(tick);
                    // Both ends belong to the window here: a retry as old as the window still counts.
                    let retries = younger(&model.retries, now, window + 1) + 1;
                    let is_allowed = settings.allows(retries, younger(&model.calls, now, window));
                    let late = younger(&model.retries, now, window + part) + 1;
                    let is_sure = settings.allows(late, younger(&model.calls, now, window + 1 - part));
                    prop_assert!(entry.is_none() || is_allowed);
                    prop_assert!(entry.is_some() || !is_sure);
                    if let Some(entry) = entry {
                        taken.push((entry, now));
                        model.retries.push(now);
                    }
                }
                Step::GiveBack(index) if !taken.is_empty() => {
                    let (entry, at) = taken.swap_remove(usize::from(index) % taken.len());
                    machine.give_back(entry);
                    let place = model.retries.iter().position(|retry| *retry == at).unwrap();
                    model.retries.swap_remove(place);
                }
                Step::GiveBack(_) => {}
                Step::Pass(millis) => now += u64::from(millis) * 1_000_000,
            }
            let found = machine.snapshot(Tick::from_nanos(now));
            prop_assert!(found.calls <= younger(&model.calls, now, window));
            prop_assert!(found.calls >= younger(&model.calls, now, window + 1 - part));
            prop_assert!(found.retries >= younger(&model.retries, now, window + 1));
            prop_assert!(found.retries <= younger(&model.retries, now, window + part));
            let allowed = (0..=found.calls + 5).rev().find(|retries| settings.allows(*retries, found.calls));
            prop_assert_eq!(found.available, allowed.unwrap_or(0).saturating_sub(found.retries));
        }
    }

    /// The handle, which counts calls without the lock, and the bare machine, which is told of each.
    #[test]
    fn counting_without_the_lock_decides_as_the_machine_does(
        config in config(),
        steps in prop::collection::vec(step(), 0..150),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(compare(config, steps))?;
    }
}

async fn compare(config: BudgetConfig, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let budget = RetryBudget::new("model", config);
    let mut machine = Machine::new(config.settings());
    let mut taken: Vec<(_, Withdrawal<'_>)> = Vec::new();
    for step in steps {
        match step {
            Step::Deposit => {
                machine.deposit(Tick::now());
                budget.deposit();
            }
            Step::Withdraw => {
                let (entry, withdrawal) = (machine.withdraw(Tick::now()), budget.withdraw());
                prop_assert_eq!(entry.is_some(), withdrawal.is_some());
                taken.extend(entry.zip(withdrawal));
            }
            Step::GiveBack(index) if !taken.is_empty() => {
                let (entry, withdrawal) = taken.swap_remove(usize::from(index) % taken.len());
                machine.give_back(entry);
                drop(withdrawal);
            }
            Step::GiveBack(_) => {}
            Step::Pass(millis) => pass(Duration::from_millis(millis.into())).await,
        }
        // A look collects what was counted without the lock: not after each step, or nothing ever is.
        if matches!(step, Step::Pass(millis) if millis % 2 == 0) {
            prop_assert_eq!(machine.snapshot(Tick::now()), budget.snapshot());
        }
    }
    prop_assert_eq!(machine.snapshot(Tick::now()), budget.snapshot());
    Ok(())
}
