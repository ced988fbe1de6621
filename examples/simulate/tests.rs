//! A small run of everything.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::clients::contend::{CONTENDERS, Contender, DECORRELATED, EQUAL, EXPONENTIAL, FULL, NONE};
use crate::page::page;
use crate::scenario::contention::{Curve, Outcome};
use crate::scenario::{Plan, SCENARIOS, breaker, contention, retry, storm, tail};

/// Enough for what is far apart.
const SMALL: Plan = Plan { seed: 1, runs: 1, clients: &[10, 40] };

/// All files of a run.
fn written(plan: Plan) -> BTreeMap<String, String> {
    let sections: Vec<_> = SCENARIOS.iter().map(|scenario| (scenario.play)(plan).unwrap()).collect();
    let page = page(plan.seed, &sections);
    let pictures = sections.into_iter().flat_map(|section| section.pictures);
    pictures.chain([("README.md".to_owned(), page)]).collect()
}

#[test]
fn one_seed_gives_one_page_byte_for_byte() {
    let first = written(SMALL);
    assert_eq!(first.keys().collect::<Vec<_>>(), ["README.md", "contention.svg", "outage.svg", "storm.svg"]);
    assert!(first.values().all(|file| !file.contains("NaN") && !file.contains("inf ")));
    assert_eq!(first, written(SMALL));
}

#[test]
fn another_seed_gives_other_figures() {
    let of = |seed| contention::play(Plan { seed, runs: 1, clients: &[10] }).unwrap().markdown;
    assert_ne!(of(1), of(2));
}

/// The outcome of a contender with a hundred clients.
fn of(contender: Contender) -> Outcome {
    static A_HUNDRED: LazyLock<Vec<Curve>> =
        LazyLock::new(|| contention::measure(Plan { seed: 1, runs: 4, clients: &[100] }).unwrap());
    contention::outcome(&A_HUNDRED, contender).unwrap()
}

#[test]
fn jitter_takes_less_than_half_of_the_calls() {
    for jittered in [FULL, EQUAL] {
        assert!(of(jittered).calls.mean < of(EXPONENTIAL).calls.mean / 2.0, "{}", jittered.name);
    }
    assert!(of(DECORRELATED).calls.mean < of(EXPONENTIAL).calls.mean * 0.6);
    assert!(of(EXPONENTIAL).calls.mean < of(NONE).calls.mean);
}

#[test]
fn full_jitter_takes_the_fewest_calls_and_decorrelated_the_least_time() {
    assert!(of(FULL).calls.mean < of(EQUAL).calls.mean);
    assert!(of(EQUAL).calls.mean < of(DECORRELATED).calls.mean);
    assert!(of(DECORRELATED).time.mean < of(FULL).time.mean);
    assert!(of(FULL).time.mean < of(EQUAL).time.mean);
    assert!(of(EQUAL).time.mean < of(EXPONENTIAL).time.mean / 5.0);
}

#[test]
fn the_runtime_keeps_to_the_published_formulas() {
    for contender in CONTENDERS {
        let Outcome { calls, published, alike, .. } = of(contender);
        for (formula, most) in [(published.0, 0.06), (alike.0, 0.03)] {
            let off = (calls.mean / formula.mean - 1.0).abs();
            assert!(off < most, "{}: {calls:.0} and {formula:.0}", contender.name);
        }
    }
}

#[test]
fn growing_waits_outlast_an_outage_and_jitter_spreads_the_return() {
    let outcomes = retry::measure(SMALL).unwrap();
    let of = |name: &str| outcomes.iter().find(|outcome| outcome.name == name).unwrap();
    let success = |name| of(name).outage.success.mean;
    assert!(success("no retry") < success("fixed"));
    assert!(success("fixed") < success("exponential"));
    assert!(success("exponential") < success("exponential, equal jitter"));
    for outcome in &outcomes {
        let expected = if outcome.name == "no retry" { 0.75..0.85 } else { 0.999..1.01 };
        assert!(expected.contains(&outcome.steady.success.mean), "{}", outcome.name);
    }
}

#[test]
fn a_breaker_spares_a_dead_service_most_requests_and_costs_some_at_its_return() {
    let outcomes = breaker::measure(SMALL).unwrap();
    let [timeout, retry, breaker, both] = outcomes.try_into().unwrap();
    assert!(retry.in_vain.mean > 2.0 * timeout.in_vain.mean);
    assert!(breaker.in_vain.mean < timeout.in_vain.mean / 2.0);
    assert!(both.in_vain.mean < retry.in_vain.mean / 2.0);
    assert!(breaker.failed_after.mean < timeout.failed_after.mean);
    assert!(breaker.recovered_after.mean > timeout.recovered_after.mean);
}

#[test]
fn a_storm_of_retries_ends_with_a_budget_or_a_breaker_alone() {
    let outcomes = storm::measure(SMALL).unwrap();
    let [once, retry, budget, breaker] = outcomes.try_into().unwrap();
    assert!(retry.afterwards.mean < 0.05 && retry.requests.mean > 3.0);
    for calm in [once, budget, breaker] {
        assert!(calm.afterwards.mean > 0.99 && calm.requests.mean < 1.2, "{}", calm.name);
    }
}

#[test]
fn a_second_attempt_cuts_the_tail() {
    let [nothing, timeout, retry] = tail::measure(SMALL).unwrap().try_into().unwrap();
    let p99 = |outcome: &tail::Outcome| outcome.times[2].mean;
    assert!(p99(&retry) < p99(&nothing) / 4.0);
    assert!(timeout.success.mean < 0.98 && retry.success.mean > 0.999 && retry.requests.mean < 1.1);
}
