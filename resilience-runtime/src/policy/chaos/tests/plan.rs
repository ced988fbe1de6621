//! What is decided for each attempt.

use core::time::Duration;

use proptest::prelude::*;

use crate::event::Fault;
use crate::policy::chaos::config::ChaosConfig;
use crate::policy::chaos::state::{End, Machine, Plan};

const LATENCY: Duration = Duration::from_millis(200);

fn machine(config: ChaosConfig) -> Machine {
    Machine::new(config.settings())
}

fn thrown(config: ChaosConfig, has_error: bool, numbers: [f64; 2]) -> Plan {
    let mut numbers = numbers.into_iter();
    machine(config).plan(has_error, || numbers.next().expect("two numbers are thrown"))
}

/// The first plans of a seed.
fn plans(config: ChaosConfig, count: usize) -> Vec<Plan> {
    let mut machine = machine(config);
    (0..count).map(|_| machine.plan(true, || unreachable!("the seed decides"))).collect()
}

#[test]
fn a_number_below_the_rate_is_a_fault() {
    let config = ChaosConfig::new().panic_rate(0.1).error_rate(0.2).latency(LATENCY).latency_rate(0.5);
    let table = [
        ([0.0, 0.9], Some(End::Panic), false),
        ([0.09, 0.9], Some(End::Panic), false),
        ([0.1, 0.9], Some(End::Error), false),
        ([0.299, 0.9], Some(End::Error), false),
        ([0.31, 0.9], None, false),
        ([0.9, 0.499], None, true),
        ([0.9, 0.5], None, false),
        ([0.2, 0.0], Some(End::Error), true),
    ];
    for (numbers, end, is_slow) in table {
        let plan = thrown(config, true, numbers);
        assert_eq!((plan.end, plan.latency), (end, is_slow.then_some(LATENCY)), "{numbers:?}");
    }
}

#[test]
fn rates_of_nothing_and_of_all_are_exact() {
    let highest = 1.0 - f64::EPSILON / 2.0;
    assert_eq!(thrown(ChaosConfig::new(), true, [0.0, 0.0]), Plan::default());
    let all = ChaosConfig::new().error_rate(1.0).latency(LATENCY).latency_rate(1.0);
    let plan = thrown(all, true, [highest, highest]);
    assert_eq!((plan.end, plan.latency), (Some(End::Error), Some(LATENCY)));
}

#[test]
fn without_an_error_none_is_injected() {
    let config = ChaosConfig::new().error_rate(0.9).panic_rate(0.1);
    assert_eq!(thrown(config, false, [0.5, 0.5]).end, None);
    assert_eq!(thrown(config, false, [0.05, 0.5]).end, Some(End::Panic));
}

#[test]
fn a_plan_is_told_by_its_end() {
    let config = ChaosConfig::new().error_rate(0.5).latency(LATENCY).latency_rate(0.5);
    assert_eq!(thrown(config, true, [0.0, 0.0]).fault(), Some(Fault::Error));
    assert_eq!(thrown(config, true, [0.9, 0.0]).fault(), Some(Fault::Latency));
    assert_eq!(thrown(config, true, [0.9, 0.9]).fault(), None);
}

#[test]
fn another_seed_begins_anew_and_another_rate_does_not() {
    let config = ChaosConfig::new().error_rate(0.5).seed(7);
    let mut machine = machine(config);
    let mut next = |change: Option<ChaosConfig>| {
        if let Some(config) = change {
            machine.reconfigure(config.settings());
        }
        machine.plan(true, || unreachable!("the seed decides"))
    };
    let seventh = plans(config, 20);
    assert_eq!((next(None), next(None)), (seventh[0], seventh[1]));
    assert_eq!(next(Some(config.panic_rate(0.0))), seventh[2]);
    let eighth = plans(config.seed(8), 20);
    assert_eq!(next(Some(config.seed(8))), eighth[0]);
    assert_ne!(seventh, eighth);
}

proptest! {
    #[test]
    fn a_higher_rate_keeps_every_fault(seed: u64, low in 0.0..=1.0_f64, high in 0.0..=1.0_f64) {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        let of = |rate| plans(ChaosConfig::new().seed(seed).error_rate(rate).latency(LATENCY).latency_rate(rate), 64);
        for (few, many) in of(low).into_iter().zip(of(high)) {
            prop_assert!(few.end.is_none() || many.end.is_some());
            prop_assert!(few.latency.is_none() || many.latency.is_some());
        }
    }

    #[test]
    fn the_share_of_faults_is_the_rate(seed: u64, rate in 0.0..=1.0_f64) {
        const COUNT: u32 = 4_000;
        let plans = plans(ChaosConfig::new().seed(seed).panic_rate(rate).latency(LATENCY).latency_rate(rate), 4_000);
        // Six standard deviations at most.
        let near = |found: usize| (f64::from(u32::try_from(found).unwrap()) / f64::from(COUNT) - rate).abs() < 0.05;
        prop_assert!(near(plans.iter().filter(|plan| plan.end.is_some()).count()));
        prop_assert!(near(plans.iter().filter(|plan| plan.latency.is_some()).count()));
    }
}
