//! Chance in the modelled world: all of it comes from the seed, by sums and products alone, so that every machine
//! draws the same.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A stream of random numbers of its own, shared by the tasks of a run.
#[derive(Debug)]
pub(crate) struct Chance(Mutex<fastrand::Rng>);

impl Chance {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// Uniform in `0.0..1.0`.
    pub(crate) fn fraction(&self) -> f64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }

    /// Whether something of that probability happens.
    pub(crate) fn happens(&self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// Normal, as the sum of twelve uniform numbers: it differs from a true one beyond three deviations, and needs no
    /// logarithm, whose last digit is not the same everywhere. Never negative.
    pub(crate) fn normal(&self, mean: f64, deviation: f64) -> f64 {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sum: f64 = (0..12).map(|_| random.f64()).sum();
        (mean + deviation * (sum - 6.0)).abs()
    }

    /// A time of normal distribution, in the whole milliseconds that tokio's timer counts.
    pub(crate) fn normal_time(&self, mean: f64, deviation: f64) -> Duration {
        whole_millis(self.normal(mean, deviation))
    }

    /// A time between two, in whole milliseconds.
    pub(crate) fn time_between(&self, low: Duration, high: Duration) -> Duration {
        whole_millis((low.as_secs_f64() + self.fraction() * high.saturating_sub(low).as_secs_f64()) * 1e3)
    }
}

/// To the nearest, so that rounding does not make times longer on average.
fn whole_millis(millis: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, and never negative"
    )]
    Duration::from_millis(millis.round() as u64)
}
