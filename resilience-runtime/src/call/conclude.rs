//! What the attempts of a call come to, when no other one follows.

use core::ops::ControlFlow;

use super::failure::Next;
use crate::outcome::Rejected;
use crate::outcome::judge::{Judges, Until};

/// `Break` is the call's result, `Continue` asks for the fallback. What failed for want of time is shared with those who have no
/// more of it than `until`.
pub(super) fn conclude<R, J: Judges<R>>(
    judge: &mut J,
    next: Next,
    answer: Result<R, Rejected>,
    until: Until,
) -> ControlFlow<R> {
    judge.failed(&answer, until);
    if next == Next::FallBack {
        judge.keep(answer);
        return ControlFlow::Continue(());
    }
    #[cfg(feature = "cache")]
    if next == Next::Stale
        && let Some(stale) = judge.stale()
    {
        return ControlFlow::Break(stale);
    }
    ControlFlow::Break(answer.unwrap_or_else(|rejected| judge.reject(rejected)))
}
