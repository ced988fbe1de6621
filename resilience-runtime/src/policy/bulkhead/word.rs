//! What every call reads and changes: the calls inside, the limit, and whether more than that is to be looked at.

/// Everything that entering and leaving has to know, packed.
///
/// Bits 0-29 calls inside, 30 somebody waits, 31 calls are timed, 32-63 limit. Either flag makes the lower half
/// greater than any limit, so that one comparison of the halves tells whether a call may enter without further ado.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(pub(super) u64);

/// The highest limit: as many calls inside as there are bits for.
pub(super) const MOST: u32 = (1 << 30) - 1;

pub(super) const WAITS: u64 = 1 << 30;
pub(super) const TIMED: u64 = 1 << 31;
const IN_FLIGHT: u64 = MOST as u64;
const LIMIT_SHIFT: u32 = 32;

#[expect(clippy::cast_possible_truncation, reason = "each part has its bits")]
impl Word {
    /// Nobody inside.
    pub(super) const fn new(limit: u32, timed: bool) -> Self {
        Self(0).with_limit(limit, timed)
    }

    /// The same calls, under another limit.
    pub(super) const fn with_limit(self, limit: u32, timed: bool) -> Self {
        let flag = if timed { TIMED } else { 0 };
        Self((self.0 & (IN_FLIGHT | WAITS)) | flag | (limit as u64) << LIMIT_SHIFT)
    }

    pub(super) const fn in_flight(self) -> u32 {
        (self.0 & IN_FLIGHT) as u32
    }

    pub(super) const fn limit(self) -> u32 {
        (self.0 >> LIMIT_SHIFT) as u32
    }

    /// Whether somebody waits.
    pub(super) const fn waits(self) -> bool {
        self.0 & WAITS != 0
    }

    /// Whether it is an adaptive bulkhead's, which wants to know how long calls take.
    pub(super) const fn is_timed(self) -> bool {
        self.0 & TIMED != 0
    }

    /// Whether a call may enter, and nobody waits and nothing is timed.
    pub(super) const fn admits(self) -> bool {
        (self.0 as u32) < self.limit()
    }

    /// Whether a slot is free, whoever it is for.
    pub(super) const fn has_room(self) -> bool {
        self.in_flight() < self.limit()
    }

    /// Whether a call that leaves has nothing to do but to leave.
    pub(super) const fn is_plain(self) -> bool {
        self.0 & (WAITS | TIMED) == 0
    }
}
