//! The breaker with its lock-free paths against the bare machine that is told of every call.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::outcome::Rejected;
use crate::policy::breaker::state::{Machine, Verdict};
use crate::policy::breaker::{BreakerConfig, Permit, Window};
use crate::time::Tick;

#[derive(Clone, Copy, Debug)]
enum Step {
    Call(Verdict, u16),
    Pass(u16),
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0_u16..40).prop_map(|millis| Step::Call(Verdict::Success, millis)),
        2 => (0_u16..40).prop_map(|millis| Step::Call(Verdict::Failure, millis)),
        1 => (0_u16..40).prop_map(|millis| Step::Call(Verdict::Ignored, millis)),
        2 => (0_u16..1_500).prop_map(Step::Pass),
        1 => any::<()>().prop_map(|()| Step::Look),
    ]
}

fn config() -> impl Strategy<Value = BreakerConfig> {
    let millis = |millis: u16| Duration::from_millis(u64::from(millis));
    let window = prop_oneof![
        (1_u32..20).prop_map(Window::Calls),
        (1_u16..2_000).prop_map(move |time| Window::Time(millis(time))),
    ];
    (any::<[bool; 4]>(), window, 1_u32..6, 1_u32..4, 1_u16..1_000).prop_map(
        move |([rate, count, run, slow], window, min_calls, number, open_for)| {
            let mut config = BreakerConfig::new().probes(number).open_for(millis(open_for));
            if rate || slow || count {
                config = config.window(window);
            }
            if rate || slow {
                config = config.min_calls(min_calls);
            }
            if count {
                config = config.failures(number);
            }
            if rate {
                config = config.failure_rate(0.4);
            }
            if run {
                config = config.consecutive(number);
            }
            if slow {
                config = config.slow_rate(0.5).slow_call(millis(30));
            }
            config
        },
    )
}

/// Every call is told to both; they must agree after each.
async fn compare(
    config: BreakerConfig,
    steps: Vec<Step>,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let breaker = Breaker::with_settings("model", config.settings());
    let mut machine = Machine::new(config.settings());
    for step in steps {
        match step {
            Step::Call(verdict, millis) => {
                let (ticket, _) = machine.admit(Tick::now());
                let permit = breaker.try_acquire();
                prop_assert_eq!(ticket.ok(), permit.as_ref().ok().map(Permit::ticket));
                prop_assert_eq!(ticket.err(), permit.as_ref().err().and_then(Rejected::retry_after));
                if let (Ok(ticket), Ok(permit)) = (ticket, permit) {
                    pass(Duration::from_millis(millis.into())).await;
                    machine.record(Tick::now(), ticket, verdict);
                    match verdict {
                        Verdict::Success => permit.success(),
                        Verdict::Failure => permit.failure(),
                        Verdict::Ignored => permit.ignore(),
                    }
                }
            }
            Step::Pass(millis) => pass(Duration::from_millis(millis.into())).await,
            Step::Look => {
                let (figures, snapshot) = (machine.figures(Tick::now()), breaker.snapshot());
                let counts = figures.seen.counts;
                prop_assert_eq!((counts.calls, counts.failures), (snapshot.calls, snapshot.failures));
                prop_assert_eq!(counts.slow, snapshot.slow_calls);
                prop_assert_eq!(figures.consecutive_failures, snapshot.consecutive_failures);
            }
        }
        let is_over = machine.open_span().is_some_and(|(_, until)| until <= Tick::now());
        let state = if is_over { State::HalfOpen } else { machine.state() };
        prop_assert_eq!(breaker.state(), state);
    }
    prop_assert!(breaker.snapshot().failures <= breaker.snapshot().calls);
    Ok(())
}

proptest! {
    #[test]
    fn lock_free_paths_decide_as_the_machine_does(config in config(), steps in prop::collection::vec(step(), 0..150)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(compare(config, steps))?;
    }
}
