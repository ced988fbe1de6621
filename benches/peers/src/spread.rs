//! How times are spread: half of them are below the median, one in a thousand above p99.9.

/// Percentiles of times, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// p50, p90, p99 and p99.9.
    pub percentiles: [u32; 4],
}

impl Spread {
    /// Sorts the times, each of which contains the clock's own.
    ///
    /// The middle of the clock's readings with nothing between them is taken off. What a single reading was longer than
    /// that stays, so that the high percentiles are never too low.
    ///
    /// # Panics
    ///
    /// Without any times.
    #[must_use]
    pub fn of(times: &mut [u32], clock: u32) -> Self {
        times.sort_unstable();
        let at = |thousandths: usize| {
            let index = (times.len() * thousandths).div_ceil(1_000).max(1) - 1;
            times[index].saturating_sub(clock)
        };
        Self { percentiles: [at(500), at(900), at(990), at(999)] }
    }
}

/// The one in the middle, the higher of two.
///
/// # Panics
///
/// Without any values.
#[must_use]
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let mut times: Vec<u32> = (1..=1_000).rev().collect();
        assert_eq!(Spread::of(&mut times, 0).percentiles, [500, 900, 990, 999]);
        assert_eq!(Spread::of(&mut [7], 0).percentiles, [7; 4]);
    }

    #[test]
    fn the_time_of_the_clock_is_taken_off_and_never_more() {
        assert_eq!(Spread::of(&mut [30, 10, 25], 20).percentiles, [5, 10, 10, 10]);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
