//! The policies that can be given settings, each kind in the same words.

#[cfg(feature = "chaos")]
use super::written::WrittenChaos;
use super::written::{WrittenBreaker, WrittenBudget, WrittenBulkhead, WrittenRateLimit, WrittenThrottle};
use super::{Section, Settings};
use crate::policy::breaker::{Breaker, BreakerConfig};
use crate::policy::budget::{BudgetConfig, RetryBudget};
use crate::policy::bulkhead::{Bulkhead, BulkheadConfig};
#[cfg(feature = "chaos")]
use crate::policy::chaos::{Chaos, ChaosConfig};
use crate::policy::limiter::{RateLimitConfig, RateLimiter};
use crate::policy::registry::Shared;
use crate::policy::ruling::{InvalidConfig, Ruling};
use crate::policy::throttle::{Throttle, ThrottleConfig};
use crate::wakers::Wakers;

/// A kind of policy that can be given settings.
pub(super) trait Adjustable: Shared {
    /// What can be written for one.
    type Written: PartialEq;

    /// What is written for those of the kind.
    fn section(settings: &Settings) -> &Section<Self::Written>;

    /// What the program says of one, with what is written in the place of its parts; why not, where that is not enough.
    fn with(base: Option<Self::Config>, written: &Self::Written) -> Result<Self::Config, &'static str>;

    /// What the rules say of it.
    fn ruling(config: &Self::Config) -> Ruling;

    /// Goes on with it; with what the program says where that is nothing. Who may go on by it is still to be woken.
    fn set(&self, config: Option<Self::Config>) -> Result<Wakers, InvalidConfig>;
}

/// The four whose defaults are a configuration, and whose settings are all set one by one.
macro_rules! adjustable {
    ($policy:ident: $config:ident, $written:ident, $section:ident) => {
        impl Adjustable for $policy {
            type Written = $written;

            fn section(settings: &Settings) -> &Section<$written> {
                &settings.$section
            }

            fn with(base: Option<$config>, written: &$written) -> Result<$config, &'static str> {
                Ok(written.onto(base.unwrap_or_default()))
            }

            fn ruling(config: &$config) -> Ruling {
                config.ruling()
            }

            fn set(&self, config: Option<$config>) -> Result<Wakers, InvalidConfig> {
                self.reconfigure(config.unwrap_or_default())?;
                Ok(Wakers::new())
            }
        }
    };
}

adjustable!(Breaker: BreakerConfig, WrittenBreaker, breaker);
adjustable!(RetryBudget: BudgetConfig, WrittenBudget, budget);
adjustable!(Throttle: ThrottleConfig, WrittenThrottle, throttle);
#[cfg(feature = "chaos")]
adjustable!(Chaos: ChaosConfig, WrittenChaos, chaos);

impl Adjustable for Bulkhead {
    type Written = WrittenBulkhead;

    fn section(settings: &Settings) -> &Section<WrittenBulkhead> {
        &settings.bulkhead
    }

    fn with(base: Option<BulkheadConfig>, written: &WrittenBulkhead) -> Result<BulkheadConfig, &'static str> {
        let config = written.onto(base.unwrap_or_default());
        if written.min.is_some() && !config.is_adaptive() {
            return Err(
                "`min` has no effect without `adaptive`; add `adaptive = \"gradient\"` or remove `min`",
            );
        }
        Ok(config)
    }

    fn ruling(config: &BulkheadConfig) -> Ruling {
        config.ruling()
    }

    fn set(&self, config: Option<BulkheadConfig>) -> Result<Wakers, InvalidConfig> {
        self.change(config.unwrap_or_default())
    }
}

/// Without a rate there is no limit, and no default is right.
impl Adjustable for RateLimiter {
    type Written = WrittenRateLimit;

    fn section(settings: &Settings) -> &Section<WrittenRateLimit> {
        &settings.rate_limit
    }

    fn with(
        base: Option<RateLimitConfig>,
        written: &WrittenRateLimit,
    ) -> Result<RateLimitConfig, &'static str> {
        let base = base.or_else(|| written.rate.map(|rate| RateLimitConfig::new(rate.0)));
        let base = base.ok_or("no function gives it a rate; add a `rate` like \"100/s\"")?;
        Ok(written.onto(base))
    }

    fn ruling(config: &RateLimitConfig) -> Ruling {
        config.ruling()
    }

    fn set(&self, config: Option<RateLimitConfig>) -> Result<Wakers, InvalidConfig> {
        self.change(config)
    }
}
