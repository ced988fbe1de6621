//! How often answers were taken back, so that one that was on its way meanwhile is not remembered.

use core::hash::{BuildHasher as _, Hasher as _};
use core::sync::atomic::{AtomicU64, Ordering};
use std::hash::RandomState;

use crate::policy::answer::key::AnyKey;

/// As many as the lowest byte of a revision can name. Keys share them by their hashes: that one is taken back is then seen by one
/// in so many of the others that are on their way, which are asked for once more.
const SLOTS: usize = 256;

/// How often the answers of a key were taken back, and in the lowest byte where that is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Revision(u64);

impl Revision {
    /// Another number for each, by which calls are told apart that began before and behind it.
    pub(super) const fn number(self) -> u64 {
        self.0
    }

    fn slot(self) -> usize {
        usize::from(self.0.to_le_bytes()[0])
    }
}

/// The revisions of all keys.
///
/// They are ordered with the entries: whoever stores an answer looks at its revision again behind that, and lets it be
/// found only then; whoever takes answers back changes it in front of that.
pub(super) struct Revisions {
    hasher: RandomState,
    slots: Box<[AtomicU64]>,
}

impl Revisions {
    pub(super) fn new() -> Self {
        let slots = (0..SLOTS as u64).map(AtomicU64::new).collect();
        Self { hasher: RandomState::new(), slots }
    }

    /// That of a key, whichever function's.
    pub(super) fn of(&self, key: &AnyKey) -> Revision {
        Revision(self.slot_of(key).load(Ordering::SeqCst))
    }

    /// Whether nothing was taken back since.
    pub(super) fn is_current(&self, revision: Revision) -> bool {
        self.slots[revision.slot()].load(Ordering::SeqCst) == revision.0
    }

    /// What is on its way for that key, of all functions, is out of date.
    pub(super) fn advance(&self, key: &AnyKey) {
        Self::advance_slot(self.slot_of(key));
    }

    /// The same for all keys.
    pub(super) fn advance_all(&self) {
        self.slots.iter().for_each(Self::advance_slot);
    }

    fn advance_slot(slot: &AtomicU64) {
        slot.fetch_add(SLOTS as u64, Ordering::SeqCst);
    }

    fn slot_of(&self, key: &AnyKey) -> &AtomicU64 {
        let mut hasher = self.hasher.build_hasher();
        key.number_of_value(&mut hasher);
        &self.slots[Revision(hasher.finish()).slot()]
    }
}
