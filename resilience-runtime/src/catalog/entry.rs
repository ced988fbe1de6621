//! One annotated function with the policies that hold for it.

use core::time::Duration;

use super::kind::Kind;
use super::worst_case::WorstCase;
use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::hedge::Hedge;
use crate::policy::limiter::RateLimiter;
use crate::policy::registry::Source;
use crate::policy::retry::{Backoff, Retry, UNTIL_DEADLINE, longest_retry_after};
use crate::policy::setting::{Setting, SettingValue, written};
use crate::policy::throttle::Throttle;
use crate::site::Site;

/// One annotated function.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name in spans: `name`, or the function's path.
    pub operation: &'static str,
    /// Its path, as `crate::module::Type::function`.
    pub function: &'static str,
    /// The file it is in.
    pub file: &'static str,
    /// The line of its name.
    pub line: u32,
    /// When it tries again.
    pub retry: Option<RetryPolicy>,
    /// When an extra attempt joins one that is slow.
    pub hedge: Option<HedgePolicy>,
    /// What its retries and hedges are taken from.
    pub budget: Option<Policy>,
    /// Its throttle.
    pub throttle: Option<Policy>,
    /// Its circuit breaker.
    pub breaker: Option<Policy>,
    /// Its rate limiter.
    pub rate_limit: Option<Policy>,
    /// Its bulkhead.
    pub bulkhead: Option<Policy>,
    /// The limit on each attempt.
    pub timeout: Option<Duration>,
    /// The limit on the whole call.
    pub deadline: Option<Duration>,
    /// Whether something answers when all else failed.
    pub fallback: bool,
    /// Whether calls that ask for the same at a time share one execution.
    pub coalesce: bool,
    /// What it remembers its answers in; `None` without the feature `cache`.
    pub cache: Option<Policy>,
    /// The faults in front of its body; `None` without the feature `chaos`.
    pub chaos: Option<Policy>,
    /// How long a call takes and how often the body runs, at worst.
    pub worst_case: WorstCase,
}

/// When a function tries again.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The name of the schedule, as the attribute's `retry` takes it; `"custom"` for a policy of the program's own.
    pub strategy: &'static str,
    /// The delays; `None` for those of a policy of the program's own.
    pub backoff: Option<Backoff>,
    /// The most attempts, the first included; `None` for as many as fit into the deadline.
    pub max: Option<u32>,
    /// The longest `retry_after` that is waited for; `None` where the deadline is the only bound.
    pub retry_after_max: Option<Duration>,
}

/// When an extra attempt joins one that is slow.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct HedgePolicy {
    /// After how long; `None` where that follows `percentile`.
    pub after: Option<Duration>,
    /// The share of recent calls that were faster, from 0 to 1; `None` for a fixed time.
    pub percentile: Option<f64>,
    /// The most extra attempts beside one.
    pub max: u32,
}

/// A policy with a state of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// Its key in the attribute.
    pub key: &'static str,
    /// Its name; that of the operation, where the function has it to itself.
    pub name: &'static str,
    /// Whose it is.
    pub origin: Origin,
    /// The settings that hold, with defaults filled in. A rate limiter that nobody configures has none.
    pub settings: Vec<Setting>,
}

/// Whose a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The function has it to itself.
    Own,
    /// Of all functions that name it.
    Name,
    /// Of all functions that name the `static`, and of code that uses it without the attribute.
    Static,
}

impl Origin {
    /// A word for it: `"own"`, `"name"` or `"static"`.
    #[must_use]
    #[inline]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Name => "name",
            Self::Static => "static",
        }
    }
}

impl Entry {
    /// The entry of `site`, one of all `sites`.
    #[inline]
    pub(super) fn of(site: &'static Site, sites: &[&'static Site]) -> Self {
        let rate_limit = Policy::of::<RateLimiter>(site, sites);
        let bulkhead = Policy::of::<Bulkhead>(site, sites);
        let admission = waits(rate_limit.as_ref(), bulkhead.as_ref());
        Self {
            operation: site.operation(),
            function: site.function(),
            file: site.file(),
            line: site.line(),
            retry: site
                .config
                .retry
                .as_ref()
                .map(|retry| RetryPolicy::of(retry, site.config.deadline.is_some())),
            hedge: site.config.hedge.as_ref().map(HedgePolicy::of),
            budget: Policy::of::<RetryBudget>(site, sites),
            throttle: Policy::of::<Throttle>(site, sites),
            breaker: Policy::of::<Breaker>(site, sites),
            timeout: site.config.timeout,
            deadline: site.config.deadline,
            fallback: site.has_fallback(),
            coalesce: site.config.coalesces,
            #[cfg(feature = "cache")]
            cache: Policy::of::<Cache>(site, sites),
            #[cfg(not(feature = "cache"))]
            cache: None,
            #[cfg(feature = "chaos")]
            chaos: Policy::of::<Chaos>(site, sites),
            #[cfg(not(feature = "chaos"))]
            chaos: None,
            worst_case: WorstCase::of(site, admission),
            rate_limit,
            bulkhead,
        }
    }

    /// Its policies that have a state of their own, in the order in which an attempt asks them.
    #[inline]
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        let asked =
            [&self.cache, &self.budget, &self.throttle, &self.breaker, &self.rate_limit, &self.bulkhead];
        asked.into_iter().chain([&self.chaos]).flatten()
    }

    /// How long an attempt may wait for limits and slots before its body begins.
    #[inline]
    pub(super) fn admission(&self) -> Duration {
        waits(self.rate_limit.as_ref(), self.bulkhead.as_ref())
    }

    /// Whether the policies of the two are the same, wherever the functions stand.
    #[inline]
    pub(super) fn has_policies_of(&self, other: &Self) -> bool {
        (self.retry, self.hedge, self.timeout, self.deadline, self.fallback, self.coalesce)
            == (other.retry, other.hedge, other.timeout, other.deadline, other.fallback, other.coalesce)
            && self.policies().eq(other.policies())
    }
}

/// How long an attempt may wait for the two.
#[inline]
fn waits(rate_limit: Option<&Policy>, bulkhead: Option<&Policy>) -> Duration {
    let wait = |policy: Option<&Policy>| policy.map_or(Duration::ZERO, Policy::wait);
    wait(rate_limit).saturating_add(wait(bulkhead))
}

impl RetryPolicy {
    #[inline]
    fn of(retry: &Retry, has_deadline: bool) -> Self {
        Self {
            strategy: retry.backoff().map_or("custom", Backoff::name),
            backoff: retry.backoff().copied(),
            max: (retry.attempts() != UNTIL_DEADLINE).then(|| retry.attempts()),
            retry_after_max: longest_retry_after(Some(retry), has_deadline),
        }
    }
}

impl HedgePolicy {
    /// How much later than an attempt the last extra one beside it begins, where that is known.
    #[inline]
    pub(super) fn spread(&self) -> Duration {
        self.after.unwrap_or_default().saturating_mul(self.max)
    }

    /// In a word or two: `hedge 200ms`, `hedge p95`.
    #[inline]
    pub(super) fn in_short(&self) -> String {
        match (self.after, self.percentile) {
            (None, Some(percentile)) => format!("hedge p{}", (percentile * 1e6).round() / 1e4),
            (after, _) => format!("hedge {}", written(after.unwrap_or_default())),
        }
    }

    #[inline]
    fn of(hedge: &Hedge) -> Self {
        Self {
            after: hedge.fixed(),
            percentile: hedge.millionths().map(|millionths| f64::from(millionths) / 1_000_000.0),
            max: hedge.max(),
        }
    }
}

impl Policy {
    #[inline]
    fn of<P: Kind>(site: &'static Site, sites: &[&'static Site]) -> Option<Self> {
        let (name, origin, settings) = match P::source(site)? {
            Source::Own(config) => {
                let made = P::made(site).map(P::current_settings);
                (site.operation(), Origin::Own, made.unwrap_or_else(|| P::settings_of(Some(config))))
            }
            Source::Static(policy) => (policy.name(), Origin::Static, policy.current_settings()),
            Source::Name(name, config) => {
                let config = config.as_ref().or_else(|| {
                    sites.iter().find_map(|other| match P::source(other)? {
                        Source::Name(other, config) if other == name => config.as_ref(),
                        _ => None,
                    })
                });
                let made = P::registry().find(name).map(P::current_settings);
                (*name, Origin::Name, made.unwrap_or_else(|| P::settings_of(config)))
            }
        };
        Some(Self { key: P::KEY, name, origin, settings })
    }

    /// The value of a setting, by its name in the attribute.
    #[must_use]
    #[inline]
    pub fn setting(&self, name: &str) -> Option<SettingValue> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.value)
    }

    /// How long a call may wait for it.
    #[inline]
    pub(super) fn wait(&self) -> Duration {
        match self.setting("wait") {
            Some(SettingValue::Time(wait)) => wait,
            _ => Duration::ZERO,
        }
    }
}
