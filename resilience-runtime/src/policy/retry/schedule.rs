//! How delays grow from one retry to the next: plain arithmetic on nanoseconds, total for every input.
//!
//! Nanoseconds in a `u64` reach 584 years; everything saturates there, and no delay is ever that long.

/// A shape of growth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// `base`, always.
    Fixed,
    /// `base`, 2 `base`, 3 `base`, ..
    Linear,
    /// `base`, `base` x `factor`, `base` x `factor`^2, ..
    Exp,
    /// `base` x 1, 2, 3, 5, 8, 13, ..
    Fibonacci,
    /// At most three times the delay before; longest `base` x 3, 9, 27, ..
    Decorrelated,
}

/// How much longer than the one before a decorrelated delay can be; the constant of the published formula.
pub(super) const DECORRELATED_GROWTH: u64 = 3;

/// A schedule with its numbers, before jitter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) schedule: Schedule,
    pub(super) base: u64,
    pub(super) factor: f64,
    pub(super) cap: u64,
}

impl Growth {
    /// The longest delay before the `retry`-th retry, counted from 1, capped.
    pub(super) const fn term(self, retry: u32) -> u64 {
        let Self { schedule, base, factor, cap } = self;
        let nanos = match schedule {
            Schedule::Fixed => base,
            Schedule::Linear => base.saturating_mul(if retry == 0 { 1 } else { retry as u64 }),
            Schedule::Exp => exponential(base, factor, retry.saturating_sub(1)),
            Schedule::Fibonacci => base.saturating_mul(fibonacci(retry)),
            Schedule::Decorrelated => self.as_exponential().term(retry),
        };
        if nanos < cap { nanos } else { cap }
    }

    /// The sum of the first `retries` terms, without walking through those at the cap.
    pub(super) const fn sum(self, retries: u32) -> u128 {
        match self.schedule {
            Schedule::Fixed => self.term(1) as u128 * retries as u128,
            Schedule::Linear => {
                let below = self.below_cap(retries) as u128;
                self.base as u128 * (below * (below + 1) / 2) + self.at_cap(retries)
            }
            Schedule::Exp => {
                let below = self.below_cap(retries);
                let growing = if self.base == 0 { 0.0 } else { geometric_sum(self.factor, below) };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the cast saturates"
                )]
                let growing = (float(self.base) * growing + 0.5) as u128;
                growing.saturating_add(self.at_cap(retries))
            }
            Schedule::Fibonacci => {
                // At most 92 terms: the next one does not fit into a `u64`.
                let (mut sum, mut retry, below) = (self.at_cap(retries), 1, self.below_cap(retries));
                while retry <= below && self.base > 0 {
                    sum += self.term(retry) as u128;
                    retry += 1;
                }
                sum
            }
            Schedule::Decorrelated => self.as_exponential().sum(retries),
        }
    }

    /// The longest delays of a decorrelated schedule: each three times the one before.
    const fn as_exponential(self) -> Self {
        Self {
            schedule: Schedule::Exp,
            base: self.base.saturating_mul(DECORRELATED_GROWTH),
            factor: float(DECORRELATED_GROWTH),
            cap: self.cap,
        }
    }

    /// How many of the first `retries` terms are below the cap: by halving, since terms do not shrink.
    const fn below_cap(self, retries: u32) -> u32 {
        let (mut below, mut rest) = (0, retries);
        while rest > 0 {
            let half = rest.div_ceil(2);
            if self.term(below + half) < self.cap {
                below += half;
                rest -= half;
            } else {
                rest = half - 1;
            }
        }
        below
    }

    /// The sum of those of the first `retries` terms that are at the cap.
    const fn at_cap(self, retries: u32) -> u128 {
        (retries - self.below_cap(retries)) as u128 * self.cap as u128
    }
}

/// `base` x `factor`^`exponent`, to the nearest nanosecond.
const fn exponential(base: u64, factor: f64, exponent: u32) -> u64 {
    if base == 0 {
        return 0;
    }
    let (mut power, mut square, mut rest) = (1.0, factor, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            power *= square;
        }
        square *= square;
        rest /= 2;
    }
    nearest(float(base) * power)
}

/// 1 + `factor` + `factor`^2 + .., of so many terms, by doubling: S(2n) = S(n) (1 + `factor`^n).
const fn geometric_sum(factor: f64, terms: u32) -> f64 {
    let (mut sum, mut power) = (0.0, 1.0);
    let mut bit = u32::BITS - terms.leading_zeros();
    while bit > 0 {
        bit -= 1;
        sum *= 1.0 + power;
        power *= power;
        if terms >> bit & 1 == 1 {
            sum = sum * factor + 1.0;
            power *= factor;
        }
    }
    sum
}

/// 1, 2, 3, 5, 8, ..
const fn fibonacci(retry: u32) -> u64 {
    let (mut previous, mut current, mut rest) = (1_u64, 1_u64, retry.saturating_sub(1));
    while rest > 0 && current < u64::MAX {
        (previous, current) = (current, current.saturating_add(previous));
        rest -= 1;
    }
    current
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 104 days, and to a millionth of a second beyond")]
pub(super) const fn float(nanos: u64) -> f64 {
    nanos as f64
}

/// The whole number nearest to `nanos`; the ends of the range for what is outside, zero for what is no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub(super) const fn nearest(nanos: f64) -> u64 {
    (nanos + 0.5) as u64
}
