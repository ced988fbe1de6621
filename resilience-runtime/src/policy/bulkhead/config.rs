//! What a bulkhead is told: the builders a user writes, and the settings they come to.

use core::time::Duration;

use super::check;
use super::word::MOST;
use crate::policy::ruling::Ruling;
use crate::policy::setting::{Setting, SettingValue};

/// How many calls a [`Bulkhead`](super::Bulkhead) lets run at once, and how many may wait for how long.
///
/// A `const` builder: [`new`](Self::new) has the limit and the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `max` | 25, for a bulkhead that is only named and configured by nobody |
/// | `queue` | 0: a call that finds it full is refused |
/// | `wait` | 0 s |
/// | `adaptive` | none: the limit is `max` |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::{Bulkhead, BulkheadConfig};
///
/// static DB: Bulkhead =
///     Bulkhead::new("db", BulkheadConfig::new(10).queue(20).wait(Duration::from_millis(100)));
/// assert_eq!(DB.limit(), 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct BulkheadConfig {
    pub(super) max: u32,
    pub(super) queue: u32,
    pub(super) wait: Duration,
    pub(super) adaptive: Option<Adaptive>,
}

/// A limit of 25, for a name that no function configures: more than most services have in flight to one
/// dependency, and less than what brings one down.
impl Default for BulkheadConfig {
    fn default() -> Self {
        Self::new(25)
    }
}

impl BulkheadConfig {
    /// At most `max` calls at once, and no queue. For an adaptive bulkhead it is the limit to begin with.
    pub const fn new(max: u32) -> Self {
        Self { max, queue: 0, wait: Duration::ZERO, adaptive: None }
    }

    /// How many calls may wait for a slot. One that finds as many waiting is refused at once.
    pub const fn queue(mut self, calls: u32) -> Self {
        self.queue = calls;
        self
    }

    /// How long a call may wait for a slot before it is refused.
    pub const fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Lets the bulkhead find its limit by itself.
    pub const fn adaptive(mut self, adaptive: Adaptive) -> Self {
        self.adaptive = Some(adaptive);
        self
    }

    /// The same with another limit, which an adaptive one does not exceed either.
    pub(crate) const fn with_max(mut self, max: u32) -> Self {
        self.max = max;
        if let Some(adaptive) = self.adaptive {
            self.adaptive = Some(adaptive.max(max));
        }
        self
    }

    /// The same with another rule; one that was adaptive keeps its bounds.
    #[cfg(feature = "serde")]
    pub(crate) fn with_adaptive(mut self, rule: Adaptive) -> Self {
        let bounds = self.adaptive.unwrap_or(rule);
        self.adaptive = Some(Adaptive { min: bounds.min, max: bounds.max, ..rule });
        self
    }

    /// The same with another lower bound, where it is adaptive.
    #[cfg(feature = "serde")]
    pub(crate) fn with_min(mut self, min: u32) -> Self {
        self.adaptive = self.adaptive.map(|adaptive| adaptive.min(min));
        self
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn is_adaptive(&self) -> bool {
        self.adaptive.is_some()
    }

    pub(crate) const fn get_max(&self) -> u32 {
        self.max
    }

    pub(crate) const fn get_wait(&self) -> Duration {
        self.wait
    }

    /// What is to be said of the first thing that makes no sense.
    pub(crate) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// What the configuration comes to, with every default filled in.
    ///
    /// Total: what a check refuses is brought to the nearest value that makes sense, so that no configuration
    /// can lock a bulkhead for ever.
    pub(super) const fn settings(&self) -> Settings {
        let max = between(1, self.max, MOST);
        Settings {
            max,
            // A queue in which nobody may wait is none.
            queue: if self.wait.is_zero() { 0 } else { self.queue },
            wait: self.wait,
            adaptive: match self.adaptive {
                Some(adaptive) => Some(adaptive.bounds(max)),
                None => None,
            },
        }
    }
}

/// How an adaptive bulkhead finds its limit.
///
/// Both rules learn from the calls that tell their [`Slot`](super::Slot) how they ended, and only raise a limit
/// that is reached: as long as there is room, nothing can be said about more.
///
/// | setting | default |
/// |---|---|
/// | `min` | 1 |
/// | `max` | the bulkhead's `max` |
/// | `latency` (`aimd`) | none: only failures lower the limit |
/// | `tolerance` (`gradient`) | 1.25 |
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::{Adaptive, Bulkhead, BulkheadConfig};
///
/// static SEARCH: Bulkhead = Bulkhead::new(
///     "search",
///     BulkheadConfig::new(20).adaptive(Adaptive::aimd().latency(Duration::from_millis(250)).min(5).max(200)),
/// );
/// assert_eq!(SEARCH.limit(), 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Adaptive {
    pub(super) rule: Rule,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) latency: Option<Duration>,
    pub(super) tolerance: Option<f64>,
}

/// By what a limit is adapted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Aimd,
    Gradient,
}

impl Adaptive {
    const fn new(rule: Rule) -> Self {
        Self { rule, min: 1, max: None, latency: None, tolerance: None }
    }

    /// Additive increase, multiplicative decrease: one more after as many calls as the limit that all went
    /// well, a tenth less (once a round) when a call fails or takes longer than `latency`.
    ///
    /// The limit swings between the point where calls begin to fail or to be slow and nine tenths of it. Some share
    /// `p` of failures that have nothing to do with load holds it near `sqrt(10 / p)`: about 30 at 1 %. D.-M. Chiu
    /// and R. Jain, "Analysis of the increase and decrease algorithms for congestion avoidance in computer
    /// networks" (1989), show why callers that share a dependency come to fair shares by it; Netflix's
    /// concurrency-limits has it for calls.
    ///
    /// A `latency` that the dependency does not keep even without load brings the limit down to `min`.
    pub const fn aimd() -> Self {
        Self::new(Rule::Aimd)
    }

    /// By the latency, compared with the latency without load: the limit grows by its square root while calls take
    /// at most `tolerance` times as long, and shrinks in proportion when they take longer. Of a round in which calls
    /// failed, their share is taken off, and half at most.
    ///
    /// So the few failures that have nothing to do with load, some share `p` of the calls, leave room for a limit near
    /// `1 / p^2`: 2500 at 2 %, 100 at 10 %. To take off the share that is marked, and not a fixed part for any mark, is
    /// the idea of DCTCP (RFC 8257). Envoy's gradient controller and the second gradient of Netflix's concurrency-limits
    /// look at latency alone; the first one takes a tenth off for each window with a failure in it.
    ///
    /// Needs no number that somebody has to know. The mean of 50 calls is compared, of more under a limit above and
    /// of fewer under a limit below 10. The latency without load is measured at the start and every 30 s: the limit
    /// is halved until calls get no faster, for one such round as a rule. The idea is that of TCP Vegas (L. Brakmo,
    /// S. O'Malley, L. Peterson, 1994); Netflix's concurrency-limits brought it to calls, and Envoy's gradient
    /// controller measures without load likewise.
    ///
    /// Before a dependency that works on `n` calls at once it settles between `n` and `tolerance * n` plus the square
    /// root of that.
    pub const fn gradient() -> Self {
        Self::new(Rule::Gradient)
    }

    /// The limit never gets lower.
    pub const fn min(mut self, calls: u32) -> Self {
        self.min = calls;
        self
    }

    /// The limit never gets higher.
    pub const fn max(mut self, calls: u32) -> Self {
        self.max = Some(calls);
        self
    }

    /// A call that takes longer is a sign of too many, as a failure is. For [`aimd`](Self::aimd).
    pub const fn latency(mut self, limit: Duration) -> Self {
        self.latency = Some(limit);
        self
    }

    /// How many times as long as without load calls may take, at least 1. For [`gradient`](Self::gradient).
    pub const fn tolerance(mut self, factor: f64) -> Self {
        self.tolerance = Some(factor);
        self
    }

    /// With every default filled in, for a bulkhead that begins with `start`.
    const fn bounds(&self, start: u32) -> Bounds {
        let max = match self.max {
            Some(max) => between(1, max, MOST),
            None => start,
        };
        Bounds {
            rule: self.rule,
            min: between(1, self.min, max),
            max,
            latency: self.latency,
            tolerance: match self.tolerance {
                Some(factor) if factor >= 1.0 && factor.is_finite() => factor,
                Some(_) => 1.0,
                None => 1.25,
            },
        }
    }
}

/// An [`Adaptive`] with every default filled in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) rule: Rule,
    pub(super) min: u32,
    /// At least `min`.
    pub(super) max: u32,
    pub(super) latency: Option<Duration>,
    pub(super) tolerance: f64,
}

/// A configuration with every default filled in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) max: u32,
    /// Zero where nobody may wait.
    pub(super) queue: u32,
    pub(super) wait: Duration,
    pub(super) adaptive: Option<Bounds>,
}

impl Settings {
    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        let mut settings = match &self.adaptive {
            None => vec![Setting::count("max", self.max)],
            Some(bounds) => bounds.described(),
        };
        if self.queue > 0 {
            settings.push(Setting::count("queue", self.queue));
            settings.push(Setting::time("wait", self.wait));
        }
        settings
    }
}

impl Bounds {
    /// Without the limit it began with, which is of no effect soon after.
    fn described(&self) -> Vec<Setting> {
        let algorithm = match self.rule {
            Rule::Aimd => "aimd",
            Rule::Gradient => "gradient",
        };
        let settings = [
            Some(Setting::new("adaptive", SettingValue::Word(algorithm))),
            Some(Setting::count("min", self.min)),
            Some(Setting::count("max", self.max)),
            self.latency.map(|limit| Setting::time("latency", limit)),
            (self.rule == Rule::Gradient)
                .then(|| Setting::new("tolerance", SettingValue::Factor(self.tolerance))),
        ];
        settings.into_iter().flatten().collect()
    }
}

/// `number`, or the end of the range that it lies beyond; `low` where the range is empty.
const fn between(low: u32, number: u32, high: u32) -> u32 {
    if number < low || high < low {
        low
    } else if number > high {
        high
    } else {
        number
    }
}
