//! What goes wrong, and when.

use std::time::Duration;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    Errors,
    Slowness,
    Rush,
    Outage,
}

/// A part of the script.
#[derive(Debug)]
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    pub(crate) lasts: Duration,
    pub(crate) fault: Fault,
    /// What it is.
    pub(crate) what: &'static str,
    /// What becomes of it.
    pub(crate) so: &'static str,
}

/// Again and again, in this order. All of it takes no whole number of seconds: who looks once a second would otherwise see
/// the same moments each time, and what lasts for half a second not at all.
pub(crate) const PHASES: [Phase; 6] = [
    phase("healthy", 4_000, Fault::Nothing, "everything answers", "one attempt a call"),
    phase(
        "errors",
        5_000,
        Fault::Errors,
        "three answers in ten are an error",
        "retries recover most calls; offers run out of their budget",
    ),
    phase(
        "slow",
        6_000,
        Fault::Slowness,
        "two answers in ten take half a second or more",
        "timeouts, deadlines; hedges win; the bulkhead has a queue",
    ),
    phase(
        "rush",
        5_000,
        Fault::Rush,
        "eight times as many calls",
        "the rate limit and the bulkhead of the warehouse refuse",
    ),
    phase(
        "outage",
        8_000,
        Fault::Outage,
        "nothing but errors",
        "both breakers open, a throttle sheds offers; these and rates are answered all the same",
    ),
    phase("recovery", 6_300, Fault::Nothing, "everything answers", "the breakers probe, and close"),
];

const fn phase(name: &'static str, millis: u64, fault: Fault, what: &'static str, so: &'static str) -> Phase {
    Phase { name, lasts: Duration::from_millis(millis), fault, what, so }
}
