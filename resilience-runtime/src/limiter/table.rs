//! A map that can tell which of its entries has not been used for long, near enough.

use core::hash::{BuildHasher, Hasher};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;

use crate::time::Tick;

/// The entries stand side by side, and a hand goes round them when one is to be removed: the least recently used of those
/// it passes will do. A list in the order of use would be exact, and every use would write to three entries of it.
#[derive(Debug)]
pub(super) struct Table<V> {
    places: HashMap<u64, usize, Secret>,
    entries: Vec<(u64, V)>,
    hand: usize,
}

impl<V> Table<V> {
    pub(super) fn new() -> Self {
        Self { places: HashMap::with_hasher(Secret::draw()), entries: Vec::new(), hand: 0 }
    }

    /// The entry of `key`.
    pub(super) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.places.get(&key).map(|place| &mut self.entries[*place].1)
    }

    /// Adds an entry for a `key` that has none.
    pub(super) fn insert(&mut self, key: u64, value: V) {
        self.places.insert(key, self.entries.len());
        self.entries.push((key, value));
    }

    /// All of them, in no order.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// Moves the hand over up to `most` entries and removes the one of them with the earliest `last_use`; none of those
    /// for which that is none.
    pub(super) fn evict(&mut self, most: usize, last_use: impl Fn(&mut V) -> Option<Tick>) -> Option<V> {
        let mut oldest: Option<(Tick, usize)> = None;
        for _ in 0..most.min(self.entries.len()) {
            let place = self.hand % self.entries.len();
            self.hand = place + 1;
            if let Some(used) = last_use(&mut self.entries[place].1)
                && oldest.is_none_or(|(earliest, _)| used < earliest)
            {
                oldest = Some((used, place));
            }
        }
        oldest.map(|(_, place)| self.remove(place))
    }

    fn remove(&mut self, place: usize) -> V {
        let (key, value) = self.entries.swap_remove(place);
        self.places.remove(&key);
        if let Some((moved, _)) = self.entries.get(place) {
            self.places.insert(*moved, place);
        }
        value
    }
}

/// Spreads keys that are hashes as a rule, at a tenth of `SipHash`'s price; drawn at random, so that should they be plain
/// numbers nobody can choose those that meet.
#[derive(Clone, Copy, Debug)]
struct Secret(u64);

impl Secret {
    fn draw() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Secret {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Secret {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((*byte).into());
        }
    }

    /// By the golden ratio: together the two halves of the product depend on all bits.
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * 0x9E37_79B9_7F4A_7C15;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
        let (low, high) = (product as u64, (product >> 64) as u64);
        self.0 = low ^ high;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
