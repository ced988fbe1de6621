//! How a bulkhead is doing.

/// How a bulkhead is doing, at one moment.
///
/// ```
/// use resilience_runtime::{Bulkhead, BulkheadConfig};
///
/// let bulkhead = Bulkhead::new("db", BulkheadConfig::new(1));
/// let slot = bulkhead.try_enter().expect("free");
/// assert!(bulkhead.try_enter().is_err());
///
/// let snapshot = bulkhead.snapshot();
/// assert_eq!((snapshot.in_flight, snapshot.limit, snapshot.rejections), (1, 1, 1));
/// # drop(slot);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkheadSnapshot {
    /// How many calls may run at once; an adaptive bulkhead's changes.
    pub limit: u32,
    /// Calls that hold a slot. More than `limit`, for a while, after the limit was lowered.
    pub in_flight: u32,
    /// Calls that wait for a slot.
    pub queued: u32,
    /// Calls that were refused, at once or after their wait, since the bulkhead was made
    /// or [reset](super::Bulkhead::reset).
    pub rejections: u64,
}
