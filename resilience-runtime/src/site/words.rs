//! A function in words, for spans and messages. They are put together when first read: a call that nobody watches needs
//! none of them.

use std::fmt::Write as _;

use super::Site;
use crate::policy::breaker::Breaker;
use crate::policy::budget::RetryBudget;
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
#[cfg(feature = "chaos")]
use crate::policy::chaos::Chaos;
use crate::policy::limiter::RateLimiter;
use crate::policy::registry::Shared as _;
use crate::policy::retry::{Retry, UNTIL_DEADLINE};
use crate::policy::throttle::Throttle;
use crate::site::path::function_path;

impl Site {
    /// The function's name in spans: `name` or its path, as `crate::module::Type::function`.
    pub fn operation(&'static self) -> &'static str {
        self.config.name.unwrap_or_else(|| self.function())
    }

    /// The function's path, whatever its `name`.
    pub fn function(&'static self) -> &'static str {
        self.state.path.get_or_init(|| function_path((self.inside)()))
    }

    /// The file the function is in.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.place.file()
    }

    /// The line of the function's name.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.place.line()
    }

    /// `max`, where there is one.
    #[must_use]
    pub fn max_attempts(&self) -> Option<i64> {
        self.config.retry.as_ref().map(Retry::attempts).filter(|max| *max != UNTIL_DEADLINE).map(i64::from)
    }

    /// The breaker's name, where there is one.
    pub fn breaker_name(&'static self) -> Option<&'static str> {
        self.get_breaker().map(Breaker::name)
    }

    /// The breaker's state, where there is one.
    pub fn breaker_state(&'static self) -> Option<&'static str> {
        self.get_breaker().map(|breaker| breaker.state().as_str())
    }

    /// The function's policies in one line, for the call's span.
    pub fn digest(&'static self) -> &'static str {
        self.state.digest.get_or_init(|| {
            let mut parts = Vec::new();
            if let Some(retry) = &self.config.retry {
                let mut part = match retry.backoff() {
                    Some(backoff) => format!("retry={} base={:?}", backoff.name(), backoff.base()),
                    None => "retry=custom".to_owned(),
                };
                if let Some(backoff) = retry.backoff().filter(|backoff| backoff.name() != "fixed") {
                    _ = write!(part, " cap={:?}", backoff.get_cap());
                }
                match retry.attempts() {
                    UNTIL_DEADLINE => part.push_str(" max=deadline"),
                    max => _ = write!(part, " max={max}"),
                }
                if let Some(longest) = retry.retry_after_max() {
                    _ = write!(part, " retry_after_max={longest:?}");
                }
                if let Some(budget) = RetryBudget::name_at(self) {
                    _ = write!(part, " budget={budget}");
                }
                parts.push(part);
            }
            parts.extend(self.config.hedge.map(|hedge| {
                // Beside a retry it is named there.
                let budget = if self.config.retry.is_some() { None } else { RetryBudget::name_at(self) };
                let budget = budget.map(|budget| format!(" budget={budget}"));
                format!("hedge={hedge} extra={}{}", hedge.max(), budget.unwrap_or_default())
            }));
            parts.extend(Throttle::name_at(self).map(|name| format!("throttle={name}")));
            parts.extend(Breaker::name_at(self).map(|name| format!("breaker={name}")));
            parts.extend(RateLimiter::name_at(self).map(|name| format!("rate_limit={name}")));
            parts.extend(Bulkhead::name_at(self).map(|name| format!("bulkhead={name}")));
            parts.extend(self.config.timeout.map(|timeout| format!("timeout={timeout:?}")));
            parts.extend(self.config.deadline.map(|deadline| format!("deadline={deadline:?}")));
            parts.extend(match self.config.fallbacks {
                0 => None,
                1 => Some("fallback".to_owned()),
                count => Some(format!("fallback={count}")),
            });
            #[cfg(feature = "cache")]
            parts.extend(Cache::name_at(self).map(|name| format!("cache={name}")));
            parts.extend(self.config.coalesces.then(|| "coalesce".to_owned()));
            #[cfg(feature = "chaos")]
            parts.extend(Chaos::name_at(self).map(|name| format!("chaos={name}")));
            parts.join(" ")
        })
    }
}
