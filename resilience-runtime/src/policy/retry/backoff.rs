//! The built-in backoff: a schedule, its numbers, and jitter.

use core::time::Duration;

use crate::policy::retry::schedule::{DECORRELATED_GROWTH, Growth, Schedule, float, nearest};
use crate::rng::Rng;
use crate::time::nanos;

/// Long enough for a dependency to restart, short enough that a caller notices its return.
const DEFAULT_CAP: Duration = Duration::from_secs(10);

/// Doubling: four waits span an order of magnitude.
const DEFAULT_FACTOR: f64 = 2.0;

/// The random part of a delay: it keeps clients that failed together from coming back together.
///
/// Jitter is applied after the cap and never passes it, so delays keep differing once they have reached it.
///
/// | jitter | a delay `d` becomes uniform in |
/// |---|---|
/// | [`None`](Jitter::None) | `d` itself |
/// | [`Full`](Jitter::Full) | 0 to `d` |
/// | [`Equal`](Jitter::Equal) | `d`/2 to `d` |
/// | [`Ratio(r)`](Jitter::Ratio) | `d` (1 - `r`) to `d` (1 + `r`), cut off at the cap |
///
/// Full and equal jitter are those of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Every delay is exactly what the schedule says.
    None,
    /// The whole delay is random: the fewest collisions, and half the wait on average.
    Full,
    /// Half of the delay is random: never less than half of the schedule's wait.
    Equal,
    /// This share of the delay, 0 to 1, is added or taken away.
    Ratio(f64),
}

/// How long to wait before each retry: a schedule, a cap and jitter.
///
/// | constructor | delays before jitter | jitter |
/// |---|---|---|
/// | [`fixed`](Self::fixed) | `base`, always | none |
/// | [`linear`](Self::linear) | `base` x 1, 2, 3, 4, .. | none |
/// | [`exp`](Self::exp) | `base` x 1, `factor`, `factor`^2, .. | none |
/// | [`exp_jitter`](Self::exp_jitter) | as `exp` | full |
/// | [`fibonacci`](Self::fibonacci) | `base` x 1, 2, 3, 5, 8, .. | none |
/// | [`decorrelated`](Self::decorrelated) | `base` to three times the delay before | its own |
///
/// No delay it computes is ever longer than the cap (10 s unless set), jitter included. Arithmetic saturates: the
/// thousandth delay is at the cap, too.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use resilience_runtime::{Backoff, Jitter};
///
/// const SLOW: Backoff = Backoff::exp(Duration::from_secs(1)).cap(Duration::from_secs(5)).jitter(Jitter::Equal);
///
/// assert_eq!(SLOW.ceiling(1), Duration::from_secs(1));
/// assert_eq!(SLOW.ceiling(4), Duration::from_secs(5));
/// assert_eq!(SLOW.longest_total(4), Duration::from_secs(1 + 2 + 4 + 5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    schedule: Schedule,
    base: Duration,
    cap: Duration,
    factor: f64,
    jitter: Jitter,
}

impl Backoff {
    const fn new(schedule: Schedule, base: Duration, jitter: Jitter) -> Self {
        Self { schedule, base, cap: DEFAULT_CAP, factor: DEFAULT_FACTOR, jitter }
    }

    /// The same delay before every retry.
    #[must_use]
    pub const fn fixed(base: Duration) -> Self {
        Self::new(Schedule::Fixed, base, Jitter::None)
    }

    /// Delays that grow by `base` each time.
    #[must_use]
    pub const fn linear(base: Duration) -> Self {
        Self::new(Schedule::Linear, base, Jitter::None)
    }

    /// Delays that grow by a factor each time, 2 unless set by [`factor`](Self::factor).
    #[must_use]
    pub const fn exp(base: Duration) -> Self {
        Self::new(Schedule::Exp, base, Jitter::None)
    }

    /// [`exp`](Self::exp) with full jitter: the right choice where many clients share a dependency.
    #[must_use]
    pub const fn exp_jitter(base: Duration) -> Self {
        Self::new(Schedule::Exp, base, Jitter::Full)
    }

    /// Delays between `base` and three times the delay before.
    ///
    /// "Decorrelated jitter" of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015,
    /// with one change: the range is cut off at the cap before drawing, where the original cuts off the drawn
    /// delay, after which most delays would be equal to the cap.
    #[must_use]
    pub const fn decorrelated(base: Duration) -> Self {
        Self::new(Schedule::Decorrelated, base, Jitter::None)
    }

    /// Delays that grow as the Fibonacci numbers: slower than doubling, faster than linear.
    #[must_use]
    pub const fn fibonacci(base: Duration) -> Self {
        Self::new(Schedule::Fibonacci, base, Jitter::None)
    }

    /// Sets the longest delay; 10 s unless set. A `base` above it is cut down to it.
    #[must_use]
    pub const fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Sets the growth of [`exp`](Self::exp) and [`exp_jitter`](Self::exp_jitter), at least 1; 2 unless set.
    /// The other schedules have their own growth and ignore it.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// Sets the random part of each delay. [`decorrelated`](Self::decorrelated) delays are random by
    /// themselves and ignore it.
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The name of the schedule as the attribute's `retry` takes it: `"exp"`, `"exp_jitter"` (with any
    /// jitter), `"fixed"`, `"linear"`, `"decorrelated"` or `"fibonacci"`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (self.schedule, self.jitter) {
            (Schedule::Fixed, _) => "fixed",
            (Schedule::Linear, _) => "linear",
            (Schedule::Exp, Jitter::None) => "exp",
            (Schedule::Exp, _) => "exp_jitter",
            (Schedule::Decorrelated, _) => "decorrelated",
            (Schedule::Fibonacci, _) => "fibonacci",
        }
    }

    /// The delay the schedule starts from.
    #[must_use]
    pub const fn base(&self) -> Duration {
        self.base
    }

    /// The longest delay, as set by [`cap`](Self::cap).
    #[must_use]
    pub const fn get_cap(&self) -> Duration {
        self.cap
    }

    /// The growth, as set by [`factor`](Self::factor).
    #[must_use]
    pub const fn get_factor(&self) -> f64 {
        self.factor
    }

    /// The random part, as set by [`jitter`](Self::jitter).
    #[must_use]
    pub const fn get_jitter(&self) -> Jitter {
        self.jitter
    }

    /// The same with another base.
    pub(crate) const fn with_base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Whether every delay is the same apart from jitter, so that the cap has no part in it.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.schedule, Schedule::Fixed)
    }

    /// The longest possible delay before the `retry`-th retry, counted from 1, jitter included.
    #[must_use]
    pub const fn ceiling(&self, retry: u32) -> Duration {
        Duration::from_nanos(self.longest().term(retry))
    }

    /// The longest possible sum of the delays before the first `retries` retries: for `max` attempts,
    /// `longest_total(max - 1)`. Takes a few steps however many retries there are.
    #[must_use]
    pub const fn longest_total(&self, retries: u32) -> Duration {
        const PER_SECOND: u128 = 1_000_000_000;
        let total = self.longest().sum(retries);
        let seconds = total / PER_SECOND;
        if seconds > u64::MAX as u128 {
            return Duration::MAX;
        }
        #[expect(clippy::cast_possible_truncation, reason = "just checked, and a remainder")]
        Duration::new(seconds as u64, (total % PER_SECOND) as u32)
    }

    /// Draws the delay before the `retry`-th retry.
    pub(super) fn draw(&self, retry: u32, previous: Duration, rng: &mut Rng) -> Duration {
        let ceiling = self.longest().term(retry);
        let longest = match (self.schedule, self.jitter) {
            (Schedule::Decorrelated, _) => {
                nanos(previous).max(nanos(self.base)).saturating_mul(DECORRELATED_GROWTH).min(ceiling)
            }
            (_, Jitter::None) => return Duration::from_nanos(ceiling),
            _ => ceiling,
        };
        Duration::from_nanos(rng.between(self.shortest(retry, ceiling), longest))
    }

    /// The shortest possible delay before the `retry`-th retry, counted from 1.
    pub(crate) fn floor(&self, retry: u32) -> Duration {
        Duration::from_nanos(self.shortest(retry, self.longest().term(retry)))
    }

    /// The same in nanoseconds, where the longest is known.
    fn shortest(&self, retry: u32, ceiling: u64) -> u64 {
        let shortest = match (self.schedule, self.jitter) {
            (Schedule::Decorrelated, _) => nanos(self.base),
            (_, Jitter::None) => ceiling,
            (_, Jitter::Full) => 0,
            (_, Jitter::Equal) => ceiling.div_ceil(2),
            (_, Jitter::Ratio(ratio)) => nearest(float(self.growth(0.0).term(retry)) * (1.0 - ratio)),
        };
        shortest.min(ceiling)
    }

    /// The delays with the longest jitter.
    const fn longest(&self) -> Growth {
        match self.jitter {
            Jitter::Ratio(ratio) if !matches!(self.schedule, Schedule::Decorrelated) => self.growth(ratio),
            _ => self.growth(0.0),
        }
    }

    /// The delays, each longer by `ratio`: every schedule is proportional to its base.
    const fn growth(&self, ratio: f64) -> Growth {
        let base = nanos(self.base);
        let base = if ratio == 0.0 { base } else { nearest(float(base) * (1.0 + ratio)) };
        Growth { schedule: self.schedule, base, factor: self.factor, cap: nanos(self.cap) }
    }
}
