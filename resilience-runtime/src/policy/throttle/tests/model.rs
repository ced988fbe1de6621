//! Against a model that keeps every call with its time.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::policy::throttle::Admission;
use crate::policy::throttle::state::Machine;
use crate::rng::{self, Rng};
use crate::time::Tick;

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask,
    /// Ends the call of that number.
    End(u8, End),
    Pass(u16),
}

#[derive(Clone, Copy, Debug)]
enum End {
    Accepted,
    Failed,
    Ignored,
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![4 => any::<()>().prop_map(|()| End::Accepted), 3 => any::<()>().prop_map(|()| End::Failed),
        1 => any::<()>().prop_map(|()| End::Ignored)];
    prop_oneof![
        8 => any::<()>().prop_map(|()| Step::Ask),
        6 => (any::<u8>(), end).prop_map(|(number, end)| Step::End(number, end)),
        2 => (0_u16..300).prop_map(Step::Pass),
    ]
}

fn config() -> impl Strategy<Value = ThrottleConfig> {
    (1.0..4.0, 1_u16..2_000)
        .prop_map(|(k, window)| ThrottleConfig::new().k(k).window(Duration::from_millis(window.into())))
}

/// How many are younger than `age`.
fn younger(times: &[u64], now: u64, age: u64) -> u64 {
    times.iter().filter(|at| now - **at < age).count() as u64
}

proptest! {
    /// What is counted is what happened in the window, to a 32nd of it, and the probability is that of the formula.
    #[test]
    fn counts_the_calls_of_the_window(config in config(), steps in prop::collection::vec(step(), 0..300)) {
        let settings = config.settings();
        let window = u64::try_from(settings.window.as_nanos()).unwrap();
        let part = window.div_ceil(32);
        let mut machine = Machine::new(settings);
        let (mut asked, mut failed, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
        let (mut running, mut now) = (0_u32, 1_000_000);
        for step in steps {
            let tick = Tick::from_nanos(now);
            match step {
                Step::Ask => {
                    let probability = machine.snapshot(tick).probability;
                    let admission = machine.admit(tick, || 0.3);
                    prop_assert_eq!(admission, if probability > 0.3 { Err(probability) } else { Ok(()) });
                    asked.push(now);
                    if admission.is_ok() { running += 1 } else { failed.push(now) }
                }
                Step::End(_, end) if running > 0 => {
                    running -= 1;
                    match end {
                        End::Accepted => {}
                        End::Failed => (machine.fail(tick), failed.push(now)).1,
                        End::Ignored => (machine.ignore(tick), ignored.push(now)).1,
                    }
                }
                Step::End(..) => {}
                Step::Pass(millis) => now += u64::from(millis) * 1_000_000,
            }
            let found = machine.snapshot(Tick::from_nanos(now));
            let [most, least] = [window, window + 1 - part].map(|age| {
                [&asked, &failed, &ignored].map(|times| younger(times, now, age))
            });
            prop_assert!(found.requests <= most[0].saturating_sub(least[2]));
            prop_assert!(found.requests >= least[0].saturating_sub(most[2]));
            prop_assert!(found.accepts <= most[0].saturating_sub(least[1] + least[2]));
            prop_assert!(found.accepts >= least[0].saturating_sub(most[1] + most[2]));
            prop_assert!(is_exactly(found.probability, settings.probability(found.requests, found.accepts)));
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

async fn compare(config: ThrottleConfig, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let throttle = Throttle::new("model", config);
    let mut machine = Machine::new(config.settings());
    let mut running: Vec<Admission<'_>> = Vec::new();
    for (number, step) in (0..).zip(steps) {
        match step {
            Step::Ask => {
                rng::seed(number);
                let expected = machine.admit(Tick::now(), || Rng::of_thread().fraction());
                rng::seed(number);
                let admission = throttle.try_admit();
                prop_assert_eq!(expected.is_ok(), admission.is_ok());
                running.extend(admission);
            }
            Step::End(index, end) if !running.is_empty() => {
                let admission = running.swap_remove(usize::from(index) % running.len());
                match end {
                    End::Accepted => admission.accept(),
                    End::Failed => (machine.fail(Tick::now()), drop(admission)).1,
                    End::Ignored => (machine.ignore(Tick::now()), admission.ignore()).1,
                }
            }
            Step::End(..) => {}
            Step::Pass(millis) => pass(Duration::from_millis(millis.into())).await,
        }
        // A look collects what was counted without the lock: not after each step, or nothing ever is.
        if matches!(step, Step::Pass(millis) if millis % 2 == 0) {
            prop_assert_eq!(machine.snapshot(Tick::now()), throttle.snapshot());
        }
    }
    running.into_iter().for_each(Admission::accept);
    prop_assert_eq!(machine.snapshot(Tick::now()), throttle.snapshot());
    Ok(())
}
