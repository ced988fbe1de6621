//! The limiter against one that is written down as it is defined, and against the definition itself.

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::policy::limiter::Reservation;

/// A limit, and all calls ever admitted; times in nanoseconds.
#[derive(Clone, Debug)]
struct Naive {
    count: u128,
    period: u128,
    /// None for a sliding window.
    burst: Option<u128>,
    admitted: Vec<u128>,
}

impl Naive {
    /// The earliest time from `now` on at which one more call conforms.
    fn earliest(&self, now: u128) -> u128 {
        match self.burst {
            None => match self.admitted.len().checked_sub(self.count as usize) {
                None => now,
                Some(oldest) => now.max(self.admitted[oldest] + self.period),
            },
            Some(burst) => {
                // A token has `period` parts, and each nanosecond brings `count` of them.
                let full = burst * self.period;
                let (mut level, mut last) = (full, 0);
                for call in &self.admitted {
                    level = full.min(level + (call - last) * self.count) - self.period;
                    last = *call;
                }
                level = full.min(level + (now - last) * self.count);
                now + self.period.saturating_sub(level).div_ceil(self.count)
            }
        }
    }

    /// The same for one that lets `before` others go first.
    fn slot(&self, now: u128, before: usize) -> u128 {
        let mut calls = self.clone();
        let mut next = calls.earliest(now);
        for _ in 0..before {
            calls.admitted.push(next);
            next = calls.earliest(next);
        }
        next
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Pass(u32),
    Try,
    Join(u16),
    Leave(usize),
    Take(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u32..3_000_000).prop_map(Step::Pass),
        1 => (0_u32..1_000_000_000).prop_map(Step::Pass),
        4 => any::<()>().prop_map(|()| Step::Try),
        3 => (0_u16..2_000).prop_map(Step::Join),
        1 => any::<usize>().prop_map(Step::Leave),
        3 => any::<usize>().prop_map(Step::Take),
    ]
}

/// Intervals of whole nanoseconds, so that the naive limiter's times are exact, too.
fn config() -> impl Strategy<Value = RateLimitConfig> {
    let rate = (1_u32..8, 1_u32..50_000_000)
        .prop_map(|(count, interval)| Rate::new(count, Duration::from_nanos(interval.into()) * count));
    prop_oneof![
        (rate.clone(), 1_u32..10).prop_map(|(rate, burst)| RateLimitConfig::new(rate).burst(burst)),
        rate.prop_map(|rate| RateLimitConfig::new(rate).algorithm(Algorithm::SlidingWindow)),
    ]
}

fn naive(config: RateLimitConfig) -> Naive {
    let burst = match config.algorithm {
        Algorithm::TokenBucket => Some(config.burst.unwrap_or(config.rate.count()).into()),
        Algorithm::SlidingWindow => None,
    };
    let (count, period) = (config.rate.count().into(), config.rate.period().as_nanos());
    Naive { count, period, burst, admitted: Vec::new() }
}

fn now() -> u128 {
    Tick::now().as_nanos().into()
}

/// Every step is done with both; they must agree on each.
async fn compare(config: RateLimitConfig, key: Option<u64>, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let limiter = RateLimiter::new("model", config);
    let mut model = naive(config);
    let mut line: Vec<Reservation<'_>> = Vec::new();
    for step in steps {
        match step {
            Step::Pass(nanos) => pass(Duration::from_nanos(nanos.into())).await,
            Step::Try => {
                let expected = model.slot(now(), line.len()) - now();
                let wait = limiter.admit(key).err().map_or(0, |wait| wait.as_nanos());
                prop_assert_eq!(wait, expected);
                if wait == 0 {
                    model.admitted.push(now());
                }
            }
            Step::Join(max_wait) => {
                let max_wait = millis(max_wait.into());
                let expected = model.slot(now(), line.len()) - now();
                let place = limiter.reserve(key, max_wait);
                prop_assert_eq!(place.is_ok(), expected <= max_wait.as_nanos());
                match place {
                    Ok(place) => line.push(place),
                    Err(rejected) => {
                        prop_assert_eq!(rejected.retry_after().map(|wait| wait.as_nanos()), Some(expected));
                    }
                }
            }
            Step::Leave(place) if !line.is_empty() => drop(line.remove(place % line.len())),
            Step::Take(place) if !line.is_empty() => {
                let place = place % line.len();
                let expected = model.slot(now(), place);
                prop_assert_eq!(u128::from(line[place].ready_at().as_nanos()), expected);
                let taken = line.remove(place).take();
                prop_assert_eq!(taken.is_ok(), expected <= now());
                match taken {
                    Ok(()) => model.admitted.push(now()),
                    Err(early) => line.insert(place, early),
                }
            }
            Step::Leave(_) | Step::Take(_) => {}
        }
        if key.is_none() {
            prop_assert_eq!(limiter.snapshot().retry_after.as_nanos(), model.slot(now(), line.len()) - now());
        }
        prop_assert_eq!(limiter.snapshot().waiting, line.len() as u64);
    }
    conforms(&model)
}

/// What a limit means, for every two calls: not one too many from the one to the other.
fn conforms(calls: &Naive) -> Result<(), TestCaseError> {
    for (first, start) in calls.admitted.iter().enumerate() {
        for (last, end) in calls.admitted.iter().enumerate().skip(first) {
            let (between, time) = ((last - first + 1) as u128, end - start);
            match calls.burst {
                None => prop_assert!(between <= calls.count || time >= calls.period),
                Some(burst) => {
                    prop_assert!(between.saturating_sub(burst) * calls.period <= time * calls.count);
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn decides_as_the_definition_does(
        config in config(),
        key in prop_oneof![any::<()>().prop_map(|()| None), any::<u64>().prop_map(Some)],
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(compare(config, key, steps))?;
    }

    /// Any rate, not only those with whole intervals: as often as defined, and no more.
    #[test]
    fn admits_as_often_as_defined(
        (count, period, burst) in (1_u32..4_000, 1_u64..10_000_000_000, 1_u32..20),
        is_bucket in any::<bool>(),
        pauses in prop::collection::vec(0_u64..2_000_000_000, 0..200),
    ) {
        let rate = Rate::new(count, Duration::from_nanos(period));
        let config = if is_bucket {
            RateLimitConfig::new(rate).burst(burst)
        } else {
            RateLimitConfig::new(rate).algorithm(Algorithm::SlidingWindow)
        };
        let limiter = RateLimiter::new("often", config);
        let mut model = naive(config);
        let mut now = START;
        for pause in pauses {
            now = now.after(Duration::from_nanos(pause % (period / u64::from(count) * 3 + 2)));
            let time = now.as_nanos().into();
            let wait = limiter.admit_at(None, now).err().map_or(0, |wait| wait.as_nanos());
            prop_assert_eq!(wait, model.earliest(time) - time);
            if wait == 0 {
                model.admitted.push(time);
            }
        }
        conforms(&model)?;
    }

    /// Keys that are forgotten all the time: none gets more than its limit by that.
    #[test]
    fn a_key_that_is_forgotten_gets_no_more_than_its_limit(
        config in config(),
        max_keys in 1_u32..5,
        calls in prop::collection::vec((0_usize..12, 0_u64..30_000_000), 0..300),
    ) {
        let limiter = RateLimiter::new("forgets", config.max_keys(max_keys));
        let mut models = vec![naive(config); 12];
        let mut now = START;
        for (key, pause) in calls {
            now = now.after(Duration::from_nanos(pause));
            if limiter.admit_at(Some(key as u64), now).is_ok() {
                models[key].admitted.push(now.as_nanos().into());
            }
            prop_assert!(limiter.snapshot().keys <= max_keys);
        }
        for model in &models {
            conforms(model)?;
        }
    }
}
