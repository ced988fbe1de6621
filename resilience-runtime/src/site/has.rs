//! Which policies a function has, as a number that is known where it is compiled: a question after a policy that is not
//! there is none in the finished program.
//!
//! The attribute writes the sum of what it knows. It may have more in it than the function, whose preset is looked into
//! by const evaluation alone: the site has the last word.

/// A breaker.
pub const BREAKER: u32 = 1;
/// A throttle.
pub const THROTTLE: u32 = 1 << 1;
/// A rate limit.
pub const RATE_LIMIT: u32 = 1 << 2;
/// A bulkhead.
pub const BULKHEAD: u32 = 1 << 3;
/// A budget of retries.
pub const BUDGET: u32 = 1 << 4;
/// A deadline.
pub const DEADLINE: u32 = 1 << 5;
/// None of those above.
pub const NOTHING: u32 = 0;

/// Whether it is among them.
pub(crate) const fn includes(has: u32, policy: u32) -> bool {
    has & policy != 0
}
