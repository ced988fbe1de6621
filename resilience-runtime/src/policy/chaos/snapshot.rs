//! What a chaos has done: its figures.

/// What a [`Chaos`](super::Chaos) has done, at one moment.
///
/// ```
/// use resilience_runtime::chaos::{Chaos, ChaosConfig};
///
/// static DB: Chaos = Chaos::new("db", ChaosConfig::new().panic_rate(0.01));
/// let snapshot = DB.snapshot();
/// assert!(snapshot.is_enabled);
/// assert_eq!((snapshot.attempts, snapshot.panics), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChaosSnapshot {
    /// Whether faults are injected now.
    pub is_enabled: bool,
    /// Attempts that were decided on, with a fault or without: those made while it was enabled.
    pub attempts: u64,
    /// Attempts that were made slow.
    pub latencies: u64,
    /// Attempts that were ended with an error.
    pub errors: u64,
    /// Attempts that were ended with a panic.
    pub panics: u64,
}
