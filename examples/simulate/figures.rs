//! Figures out of samples.

use std::fmt;
use std::time::Duration;

/// The mean of many runs, and by how much single runs are off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) mean: f64,
    /// The standard deviation of a run.
    pub(crate) deviation: f64,
}

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Self {
        let count = real(values.len().max(1));
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        Self { mean, deviation: (squares / (count - 1.0).max(1.0)).sqrt() }
    }
}

/// With as many decimals as asked for: `{:.1}`.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = f.precision().unwrap_or(0);
        write!(f, "{:.decimals$} ± {:.decimals$}", self.mean, self.deviation)
    }
}

/// The value that `share` of the sorted values do not exceed; zero of none.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and the length"
    )]
    let rank = (share * real(sorted.len())).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// How much more `value` is than `base`: 0.5 is half as much again, -0.5 is half.
pub(crate) fn change(value: f64, base: f64) -> f64 {
    value / base - 1.0
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts of a simulation, far below 2^53")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let times: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        for (share, millis) in [(0.0, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)] {
            assert_eq!(percentile(&times, share), Duration::from_millis(millis), "{share}");
        }
        assert_eq!(percentile(&[], 0.99), Duration::ZERO);
    }

    #[test]
    fn a_spread_has_as_many_decimals_as_asked_for() {
        let spread = Spread::of(&[1.0, 2.0, 3.0]);
        assert_eq!(format!("{spread:.1}"), "2.0 ± 1.0");
        assert_eq!(format!("{:.1}", Spread::of(&[4.0])), "4.0 ± 0.0");
    }
}
