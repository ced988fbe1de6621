//! Circuit breaker (to be written).

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Lets calls through.
    Closed,
    /// Refuses calls.
    Open,
    /// Lets a few calls through, to see whether the dependency is back.
    HalfOpen,
}
