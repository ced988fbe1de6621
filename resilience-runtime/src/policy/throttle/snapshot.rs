//! How a throttle is doing: its figures.

/// How a throttle is doing, at one moment.
///
/// ```
/// use resilience_runtime::{Throttle, ThrottleConfig};
///
/// let throttle = Throttle::new("db", ThrottleConfig::new());
/// for _ in 0..4 {
///     throttle.try_admit().expect("nothing has failed").accept();
/// }
/// drop(throttle.try_admit().expect("nothing has failed"));
/// let snapshot = throttle.snapshot();
/// assert_eq!((snapshot.requests, snapshot.accepts, snapshot.probability), (5, 4, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThrottleSnapshot {
    /// Calls in the window that asked to be made, refused ones included, ignored ones excepted.
    pub requests: u64,
    /// Those of them that were accepted, or are under way.
    pub accepts: u64,
    /// The share of calls that is refused now, from 0 to 1.
    pub probability: f64,
    /// Calls that were refused, since the throttle was made or [reset](super::Throttle::reset).
    pub rejections: u64,
}
