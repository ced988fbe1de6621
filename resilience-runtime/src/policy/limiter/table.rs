//! A map from numbers that can tell which of its entries has not been used for long, near enough.
//!
//! A key of a bucket takes 32 bytes, half a cache line, and four for each of its slots in the index: among many keys a
//! look-up misses two lines as a rule, one of the index and that of the entry.
//!
//! **Why not `HashMap`.** It cannot be gone round from a place on, so that it would be no more than the index, with 17
//! bytes for a slot instead of four. With a hundred thousand keys a key then takes 64 bytes instead of 40, and a call at
//! least 1.7 times as long.

use crate::time::Tick;

/// The entries stand side by side, and a hand goes round them when one is to be removed: the least recently used of those
/// it passes will do. A list in the order of use would be exact, and every use would write to three entries of it.
///
/// Numbers are to be spread evenly: they are their own hashes.
#[derive(Debug)]
pub(super) struct Table<V> {
    /// Two to the power of `bits` slots, a fifth of them [`EMPTY`] or more; none before the first entry.
    ///
    /// The slot of an entry has its place in the lowest `bits`, and what its number has there in the others: other
    /// entries are told from it without a look at them. It is where the highest `bits` of the number say, or behind that
    /// with no empty one in between.
    index: Box<[u32]>,
    bits: u32,
    entries: Vec<Entry<V>>,
    hand: usize,
}

/// Within one cache line, if there is room in one.
#[derive(Debug)]
#[repr(align(32))]
struct Entry<V> {
    number: u64,
    value: V,
}

/// The place in it is that of the last slot, and there are never as many entries as slots.
const EMPTY: u32 = u32::MAX;

/// Eight slots.
const MIN_BITS: u32 = 3;

/// As many as a slot has. At most all slots but one are in use then, since keys are counted with as many.
const MAX_BITS: u32 = u32::BITS;

impl<V> Table<V> {
    pub(super) fn new() -> Self {
        // One bit of no slots: a number cannot be shifted by all of its bits.
        Self { index: Box::new([]), bits: 1, entries: Vec::new(), hand: 0 }
    }

    /// The place of the entry of `number`. It stays there until one is removed.
    #[inline]
    pub(super) fn find(&self, number: u64) -> Option<usize> {
        let mask = self.mask();
        let mut at = self.home(number);
        loop {
            let slot = *self.index.get(at)?;
            let place = (slot & mask) as usize;
            if slot & !mask == rest(number, mask)
                && self.entries.get(place).is_some_and(|entry| entry.number == number)
            {
                return Some(place);
            }
            if slot == EMPTY {
                return None;
            }
            at = (at + 1) & mask as usize;
        }
    }

    /// What is at a place.
    #[inline]
    pub(super) fn at_mut(&mut self, place: usize) -> &mut V {
        &mut self.entries[place].value
    }

    /// Adds an entry for a `number` that has none; its place.
    pub(super) fn insert(&mut self, number: u64, value: V) -> usize {
        let place = self.entries.len();
        if (place + 1) * 5 > self.index.len() * 4 && self.bits < MAX_BITS {
            self.widen();
        }
        if place == self.entries.capacity() {
            // By less than a vector grows by itself: what is not used is a tenth of all, and not a quarter.
            self.entries.reserve_exact((place / 4).max(4));
        }
        self.entries.push(Entry { number, value });
        self.point_at(place);
        place
    }

    /// All of them, in no order.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|entry| &mut entry.value)
    }

    /// Removes all of them but those that are to be kept.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(&mut V) -> bool) {
        for Entry { number, mut value } in core::mem::replace(self, Self::new()).entries {
            if is_kept(&mut value) {
                self.insert(number, value);
            }
        }
    }

    /// Moves the hand over up to `most` entries and removes the one of them with the earliest `last_use`; none of those
    /// for which that is none.
    pub(super) fn evict(&mut self, most: usize, last_use: impl Fn(&mut V) -> Option<Tick>) -> Option<V> {
        let mut oldest: Option<(Tick, usize)> = None;
        for _ in 0..most.min(self.entries.len()) {
            let place = self.hand % self.entries.len();
            self.hand = place + 1;
            if let Some(used) = last_use(&mut self.entries[place].value)
                && oldest.is_none_or(|(earliest, _)| used < earliest)
            {
                oldest = Some((used, place));
            }
        }
        oldest.map(|(_, place)| self.remove(place))
    }

    fn remove(&mut self, place: usize) -> V {
        self.vacate(self.slot_of(place));
        // The last one comes to its place.
        let last = self.entries.len() - 1;
        if place != last {
            let at = self.slot_of(last);
            self.index[at] = slot(self.entries[last].number, place, self.mask());
        }
        self.entries.swap_remove(place).value
    }

    /// The lowest `bits`.
    #[inline]
    fn mask(&self) -> u32 {
        u32::MAX >> (u32::BITS - self.bits)
    }

    /// The slot at which the search for a number begins.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "no more bits are left than the index has")]
    fn home(&self, number: u64) -> usize {
        (number >> (u64::BITS - self.bits)) as usize
    }

    /// The slot behind that one.
    fn behind(&self, at: usize) -> usize {
        (at + 1) & self.mask() as usize
    }

    /// The slot of the entry at a place.
    fn slot_of(&self, place: usize) -> usize {
        let mask = self.mask();
        let mut at = self.home(self.entries[place].number);
        while (self.index[at] & mask) as usize != place {
            at = self.behind(at);
        }
        at
    }

    /// Gives the entry at a place a slot.
    fn point_at(&mut self, place: usize) {
        let number = self.entries[place].number;
        let mut at = self.home(number);
        while self.index[at] != EMPTY {
            at = self.behind(at);
        }
        self.index[at] = slot(number, place, self.mask());
    }

    /// Empties a slot, and moves up those behind it that would not be found any more.
    fn vacate(&mut self, mut empty: usize) {
        let mask = self.mask() as usize;
        let mut at = self.behind(empty);
        while self.index[at] != EMPTY {
            let home = self.home(self.entries[self.index[at] as usize & mask].number);
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(empty) & mask {
                self.index[empty] = self.index[at];
                empty = at;
            }
            at = self.behind(at);
        }
        self.index[empty] = EMPTY;
    }

    /// Twice as many slots.
    #[cold]
    fn widen(&mut self) {
        self.bits = if self.index.is_empty() { MIN_BITS } else { self.bits + 1 };
        self.index = vec![EMPTY; 1 << self.bits].into_boxed_slice();
        for place in 0..self.entries.len() {
            self.point_at(place);
        }
    }
}

/// What a slot has of a number.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half; the higher one says where the slot is")]
fn rest(number: u64, mask: u32) -> u32 {
    number as u32 & !mask
}

#[expect(clippy::cast_possible_truncation, reason = "a place is less than the mask")]
fn slot(number: u64, place: usize, mask: u32) -> u32 {
    rest(number, mask) | place as u32
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::{any, prop, proptest};
    use proptest::{prop_assert, prop_assert_eq};

    use super::*;
    use crate::policy::limiter::state::Line;

    #[test]
    fn an_entry_is_half_a_cache_line() {
        assert_eq!([size_of::<Line>(), size_of::<Entry<Line>>(), align_of::<Entry<Line>>()], [24, 32, 32]);
    }

    /// Numbers that meet: at the start of the index or at its end, and some with the same rest.
    fn number(seed: u16) -> u64 {
        let seed = u64::from(seed);
        let home = [0, 1, 14, 15].map(|home| home << 60);
        home[(seed % 4) as usize] | (seed >> 8) << 40 | seed >> 2 & 15
    }

    /// What the map of the standard library does.
    fn same(
        steps: Vec<(u16, bool)>,
        number: fn(u16) -> u64,
    ) -> Result<(), proptest::test_runner::TestCaseError> {
        let (mut table, mut model) = (Table::new(), HashMap::new());
        for (seed, is_added) in steps {
            let number = number(seed);
            if is_added && !model.contains_key(&number) {
                let value = table.insert(number, number);
                prop_assert_eq!(*table.at_mut(value), number);
                model.insert(number, number);
            } else if !is_added {
                let gone = table.evict(1, |_| Some(Tick::from_nanos(1)));
                prop_assert_eq!(gone.is_some(), !model.is_empty());
                prop_assert!(gone.is_none_or(|number| model.remove(&number).is_some()));
            }
            prop_assert_eq!(table.values_mut().count(), model.len());
            prop_assert_eq!(table.find(number).is_some(), model.contains_key(&number));
            for number in model.keys() {
                let place = table.find(*number);
                prop_assert_eq!(place.map(|place| *table.at_mut(place)), Some(*number));
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn finds_what_is_there_and_nothing_else(steps in prop::collection::vec((any::<u16>(), prop::bool::weighted(0.6)), 0..200)) {
            same(steps.clone(), number)?;
            same(steps, |seed| u64::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15))?;
        }
    }
}
