//! The random source. No other file draws random numbers.
//!
//! `fastrand` keeps one small generator per thread, seeded differently in every process, which is what keeps
//! a fleet of restarted clients from retrying in step.

/// Random numbers for a backoff's jitter.
///
/// Handed to [`BackoffPolicy::delay`](crate::BackoffPolicy::delay), so that a policy of your own is as
/// reproducible under [`testing::seed`](crate::testing) as the built-in ones.
#[derive(Debug)]
pub struct Rng(());

impl Rng {
    /// This thread's generator.
    pub(crate) const fn of_thread() -> Self {
        Self(())
    }

    /// A number drawn uniformly from `0.0..1.0`.
    #[expect(clippy::disallowed_methods, reason = "this file is where random numbers are drawn")]
    pub fn fraction(&mut self) -> f64 {
        fastrand::f64()
    }

    /// A number drawn uniformly from `low..=high`; `low` when the range is empty.
    #[expect(clippy::disallowed_methods, reason = "this file is where random numbers are drawn")]
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        if low < high { fastrand::u64(low..=high) } else { low }
    }
}

/// Makes this thread's draws repeatable.
#[cfg(any(test, feature = "test-util"))]
pub(crate) fn seed(seed: u64) {
    fastrand::seed(seed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence() {
        let draw = || {
            seed(7);
            let mut rng = Rng::of_thread();
            (0..8).map(|_| rng.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn an_empty_range_gives_its_lower_end() {
        assert_eq!(Rng::of_thread().between(5, 3), 5);
    }
}
