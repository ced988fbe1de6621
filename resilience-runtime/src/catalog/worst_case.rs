//! How long a call takes at worst, and how often its body runs.

use core::time::Duration;

use crate::policy::hedge::Hedge;
use crate::policy::retry::check::plan;
use crate::policy::retry::{Retry, UNTIL_DEADLINE};
use crate::site::Site;

/// How long a call takes and how often its body runs, at worst.
///
/// The fallback's time comes on top: no limit holds for it. So does all the time in which the body does not yield,
/// since a limit can only stop a body that is suspended. Calls of annotated functions inside of the body multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorstCase {
    /// The longest a call takes, as far as its own settings say; `None` where nothing ends it.
    ///
    /// Without a `deadline` a `retry_after` (a server's, or that of a limit that refuses) can make it longer, each wait by
    /// up to `retry_after_max`: see `planned`. So can `coalesce`, where calls are dropped for which this one waited: it may
    /// then begin itself.
    pub time: Option<Duration>,
    /// What ends it.
    pub bound: Bound,
    /// All attempts, each of a full `timeout` and the delays of a hedge (but those of a percentile, which nobody knows
    /// before), with the longest waits for delays, limits and slots: what the function itself plans, deadline or not.
    /// `None` where that is unknown.
    ///
    /// A `retry_after` (a server's, or that of a limit that refuses) takes the place of a delay and may be longer, up to
    /// `retry_after_max` or the deadline.
    pub planned: Option<Duration>,
    /// The most executions of the body; `None` for as many as fit into the deadline.
    pub executions: Option<u32>,
}

/// What ends a call at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// `deadline`.
    Deadline,
    /// The last attempt: each has a `timeout`, and the waits between them are known, but for those that a `retry_after`
    /// asks for.
    Plan,
    /// Nothing: an attempt has no `timeout`.
    NoTimeout,
    /// Nothing: the delays are chosen by a policy of the program's own.
    OwnDelays,
}

impl Bound {
    /// A word for it: `"deadline"`, `"plan"`, `"no_timeout"` or `"own_delays"`.
    #[must_use]
    #[inline]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Plan => "plan",
            Self::NoTimeout => "no_timeout",
            Self::OwnDelays => "own_delays",
        }
    }
}

impl WorstCase {
    /// That of `site`, whose attempts wait for limits and slots for up to `admission` each.
    #[inline]
    pub(super) fn of(site: &Site, admission: Duration) -> Self {
        let max = site.config.retry.as_ref().map_or(1, Retry::attempts);
        let attempts = (max != UNTIL_DEADLINE).then_some(max);
        let beside = site.config.hedge.as_ref().map_or(0, Hedge::max);
        let executions = attempts.map(|max| max.saturating_mul(beside.saturating_add(1)));
        let waits = match &site.config.retry {
            // Unlike in the check, one attempt has no wait whatever its backoff.
            Some(retry) if max > 1 => retry.backoff().map(|backoff| backoff.longest_total(max - 1)),
            _ => Some(Duration::ZERO),
        };
        // Extra attempts wait for nothing, and the last one begins that much later than the first.
        let spread = site.config.hedge.as_ref().map_or(Duration::ZERO, Hedge::spread);
        let planned = match (site.config.timeout, waits, attempts) {
            (Some(timeout), Some(waits), Some(max)) => {
                Some(plan(waits, max, Some(timeout.saturating_add(spread).saturating_add(admission))))
            }
            _ => None,
        };
        let bound = match (site.config.deadline, planned) {
            (Some(_), _) => Bound::Deadline,
            (None, Some(_)) => Bound::Plan,
            (None, None) if site.config.timeout.is_none() => Bound::NoTimeout,
            (None, None) => Bound::OwnDelays,
        };
        Self { time: site.config.deadline.or(planned), bound, planned, executions }
    }
}
