//! The random source. No other file draws random numbers.
//!
//! One small generator per thread, seeded differently in every process, which is what keeps a fleet of restarted clients from
//! retrying in step. It is the `wyrand` of Wang Yi's `wyhash`: a counter, and a multiplication that mixes its bits. A crate
//! that has it would be built by every user for these few lines.

use std::cell::Cell;
use std::hash::{BuildHasher as _, RandomState};

/// What the counter goes up by, and what its bits are mixed with.
const STEP: u64 = 0x2d35_8dcc_aa6c_78a5;
const MIX: u64 = 0x8bb8_4b93_962e_acc9;

thread_local! {
    // The keys of a hash table are the operating system's random numbers, and others for each table.
    static COUNTER: Cell<u64> = Cell::new(RandomState::new().hash_one(std::process::id()));
}

/// The next 64 bits of this thread's sequence.
fn next() -> u64 {
    let counter = COUNTER.get().wrapping_add(STEP);
    COUNTER.set(counter);
    let (high, low) = product(counter, counter ^ MIX);
    high ^ low
}

/// The upper and the lower half of a product.
fn product(one: u64, other: u64) -> (u64, u64) {
    let product = u128::from(one) * u128::from(other);
    #[expect(clippy::cast_possible_truncation, reason = "it is taken apart")]
    let halves = ((product >> 64) as u64, product as u64);
    halves
}

/// A number below `end`, each as likely as any other.
///
/// D. Lemire, "Fast Random Integer Generation in an Interval" (ACM TOMACS 2019): the upper half of a product, drawn again
/// where the lower half is in the part that does not go round evenly.
fn below(end: u64) -> u64 {
    let (mut number, mut rest) = product(next(), end);
    if rest < end {
        let uneven = end.wrapping_neg() % end;
        while rest < uneven {
            (number, rest) = product(next(), end);
        }
    }
    number
}

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
    pub fn fraction(&mut self) -> f64 {
        loop {
            #[expect(clippy::cast_precision_loss, reason = "what is rounded up to 1 is drawn again")]
            let fraction = (next() >> 1) as f64 / (1_u64 << 63) as f64;
            if fraction < 1.0 {
                return fraction;
            }
        }
    }

    /// A number drawn uniformly from `low..=high`; `low` when the range is empty.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.saturating_sub(low).checked_add(1) {
            Some(1) => low,
            Some(count) => low + below(count),
            None => next(),
        }
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
    let bits = || u128::from(RandomState::new().hash_one(std::process::id()));
    let bits = (bits() << 64) | bits();
    Unique((bits & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
}

/// Makes this thread's draws repeatable.
#[cfg(any(test, feature = "test-util"))]
pub(crate) fn seed(seed: u64) {
    COUNTER.set(seed);
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

    /// The first outputs for the seed 42, by a calculation with numbers of any size.
    #[test]
    fn the_sequence_of_a_seed_is_that_of_wyrand() {
        seed(42);
        assert_eq!(
            [next(), next(), next()],
            [14_587_678_697_106_979_209_u64, 9_105_053_682_160_394_182, 14_839_644_324_764_355_487]
        );
    }

    #[test]
    fn a_range_is_drawn_from_whole_and_evenly() {
        seed(1);
        let mut rng = Rng::of_thread();
        let mut drawn = [0; 5];
        for _ in 0..10_000 {
            drawn[usize::try_from(rng.between(3, 7) - 3).unwrap()] += 1;
        }
        assert!(drawn.iter().all(|count| (1_850..2_150).contains(count)), "{drawn:?}");
        assert!((0..64).fold(0, |seen, _| seen | rng.between(0, u64::MAX)) > u64::MAX >> 1);
        assert!((0..100).all(|_| (0.0..1.0).contains(&rng.fraction())));
    }

    #[test]
    fn threads_draw_different_numbers() {
        let draw = || std::thread::spawn(next).join().unwrap();
        assert_ne!(draw(), draw());
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
