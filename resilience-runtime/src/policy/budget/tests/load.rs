//! What budgets are for, simulated: the load of a dependency that fails.

use proptest::prelude::{prop, proptest};
use proptest::prop_assert;

use super::*;

/// One call of a function at the top of those `layers`, each with a retry of its own above the next; below them is a
/// dependency that always fails. Returns how often that was called.
fn call(layers: &[Option<RetryBudget>], attempts: u32) -> u64 {
    let Some((layer, below)) = layers.split_first() else { return 1 };
    if let Some(budget) = layer {
        budget.deposit();
    }
    let mut load = call(below, attempts);
    for _ in 1..attempts {
        match layer.as_ref().map(RetryBudget::withdraw) {
            Some(None) => break,
            Some(Some(withdrawal)) => withdrawal.spend(),
            None => {}
        }
        load += call(below, attempts);
    }
    load
}

fn budgets(ratio: f64, floor: u32) -> [Option<RetryBudget>; 3] {
    ["edge", "service", "store"]
        .map(|name| Some(RetryBudget::new(name, BudgetConfig::new().ratio(ratio).floor(floor))))
}

// I10
#[tokio::test(start_paused = true)]
async fn three_layers_of_three_attempts_make_a_third_more_load_and_not_27_times() {
    assert_eq!(call(&[None, None, None], 3), 27);

    let layers = budgets(0.1, 1);
    let load: u64 = (0..10_000).map(|_| call(&layers, 3)).sum();
    // 1.1 per layer, and one retry more in each before there are ten calls for it.
    assert!((13_300..=13_310 + 4).contains(&load), "{load}");
}

proptest! {
    // I10: at any traffic, over several windows.
    #[test]
    fn load_grows_by_the_ratio_per_layer(
        attempts in 2_u32..5,
        floor in 1_u32..4,
        bursts in prop::collection::vec((0_u16..100, 0_u64..4_000), 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let layers = budgets(0.1, floor);
            let (mut calls, mut load, mut time) = (0, 0, 0);
            for (burst, wait) in bursts {
                for _ in 0..burst {
                    load += call(&layers, attempts);
                }
                calls += u64::from(burst);
                pass(Duration::from_millis(wait)).await;
                time += wait;
            }
            // The floor counts once per window in each layer, and what it adds is tried again below.
            let windows = f64::from(u32::try_from(time / 10_000 + 1).unwrap());
            let calls = f64::from(u32::try_from(calls).unwrap());
            let most = 1.331 * calls + windows * f64::from(floor) * (1.21 + 1.1 + 1.0);
            prop_assert!(f64::from(u32::try_from(load).unwrap()) <= most, "{} > {}", load, most);
            Ok(())
        })?;
    }
}

/// A hundred clients that call again as soon as they have an answer, for ten seconds, against a dependency that serves
/// half of what they ask for at first. Returns first attempts and retries.
async fn storm(budget: Option<&RetryBudget>) -> (u32, u32) {
    const CLIENTS: usize = 100;
    const CAPACITY: usize = CLIENTS / 2;
    let (mut firsts, mut retries) = (0, 0);
    // The attempt each client is at.
    let mut attempts = [1; CLIENTS];
    // Every 20 ms the dependency answers all: with what it was asked for, up to its capacity, with failures beyond.
    for round in 0..500 {
        for (client, attempt) in attempts.iter_mut().enumerate() {
            if *attempt == 1 {
                firsts += 1;
                if let Some(budget) = budget {
                    budget.deposit();
                }
            } else {
                retries += 1;
            }
            let is_served = (client + round * CAPACITY) % CLIENTS < CAPACITY;
            let tries_again = || match budget.map(RetryBudget::withdraw) {
                None => true,
                Some(None) => false,
                Some(Some(withdrawal)) => {
                    withdrawal.spend();
                    true
                }
            };
            *attempt = if !is_served && *attempt < 3 && tries_again() { *attempt + 1 } else { 1 };
        }
        pass(Duration::from_millis(20)).await;
    }
    (firsts, retries)
}

// I11
#[tokio::test(start_paused = true)]
async fn in_a_storm_retries_are_a_fifth_of_the_calls() {
    let (firsts, retries) = storm(None).await;
    assert!(retries * 2 > firsts, "{retries} retries of {firsts} calls without a budget");

    let budget = RetryBudget::new("i11", BudgetConfig::new());
    let (firsts, retries) = storm(Some(&budget)).await;
    assert!(retries * 5 <= firsts, "{retries} retries of {firsts} calls");
    assert!(retries * 5 > firsts - firsts / 100, "{retries} retries of {firsts} calls: a fifth is allowed");
}
