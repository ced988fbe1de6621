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

/// The number at `index` of the sequence that `seed` begins, from `0.0..1.0`: a function of the two alone.
///
/// `SplitMix64`, whose state is but a counter: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number
/// Generators" (OOPSLA 2014).
#[cfg(feature = "chaos")]
pub(crate) fn fraction_at(seed: u64, index: u64) -> f64 {
    /// The odd number nearest to 2^64 divided by the golden ratio.
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut bits = seed.wrapping_add(STEP.wrapping_mul(index.wrapping_add(1)));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    // As many bits as an `f64` has, so that no number is rounded up to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let fraction = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    fraction
}

/// A number that no other process has: a UUID of version 4.
#[cfg(feature = "otlp")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unique(u128);

#[cfg(feature = "otlp")]
impl core::fmt::Display for Unique {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let digits = format!("{:032x}", self.0);
        let (time, rest) = digits.split_at(8);
        write!(f, "{time}-{}-{}-{}-{}", &rest[..4], &rest[4..8], &rest[8..12], &rest[12..])
    }
}

/// Draws one. From the operating system's keys for hash tables: a sequence that `testing::seed` began would
/// be that of other processes too.
#[cfg(feature = "otlp")]
pub(crate) fn unique() -> Unique {
    use std::hash::{BuildHasher as _, RandomState};

    let bits = || u128::from(RandomState::new().hash_one(std::process::id()));
    let bits = (bits() << 64) | bits();
    Unique((bits & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
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

    /// The first outputs for the seed 1234567, as they are published with the reference implementation.
    #[cfg(feature = "chaos")]
    #[test]
    fn the_sequence_of_a_seed_is_that_of_splitmix64() {
        let published = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let fraction = |bits: u64| (bits >> 11) as f64 / (1_u64 << 53) as f64;
        for (index, bits) in (0..).zip(published) {
            assert_eq!(fraction_at(1_234_567, index).to_bits(), fraction(bits).to_bits());
        }
    }

    #[test]
    fn an_empty_range_gives_its_lower_end() {
        assert_eq!(Rng::of_thread().between(5, 3), 5);
    }

    #[cfg(feature = "otlp")]
    #[test]
    fn what_is_unique_has_the_form_of_a_uuid() {
        let (one, other) = (unique().to_string(), unique().to_string());
        assert_ne!(one, other);
        let lengths: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]), "{one}");
        assert!(one.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit()));
    }
}
