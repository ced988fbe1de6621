//! Which settings can be written, kind by kind, and what they make of a configuration.

use core::fmt;
use core::time::Duration;

use serde::Deserialize;

use super::value::{Share, Written};
use crate::policy::breaker::{BreakerConfig, Window};
use crate::policy::budget::BudgetConfig;
use crate::policy::bulkhead::{Adaptive, BulkheadConfig};
#[cfg(feature = "chaos")]
use crate::policy::chaos::ChaosConfig;
use crate::policy::limiter::{Algorithm, Rate, RateLimitConfig};
use crate::policy::throttle::ThrottleConfig;

/// The settings of a kind, and `onto`: a configuration with what is written in the place of its own.
///
/// A setting is a method of the configuration's builder, where no other one is named.
macro_rules! written {
    ($name:ident: $config:ident { $($key:ident: $type:ident $(as $set:ident)?,)* }) => {
        #[derive(Clone, Default, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $name {
            $(pub(super) $key: Option<Written<$type>>,)*
        }

        /// What is written, alone.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut map = f.debug_map();
                $(
                    if let Some(Written(value)) = &self.$key {
                        map.entry(&format_args!(stringify!($key)), value);
                    }
                )*
                map.finish()
            }
        }

        impl $name {
            pub(super) fn onto(&self, mut config: $config) -> $config {
                $(
                    if let Some(Written(value)) = self.$key {
                        config = written!(@set config, value, $key: $type $(as $set)?);
                    }
                )*
                config
            }
        }
    };
    (@set $config:ident, $value:ident, $key:ident: Share) => {
        $config.$key($value.0)
    };
    (@set $config:ident, $value:ident, $key:ident: $type:ident) => {
        $config.$key($value)
    };
    (@set $config:ident, $value:ident, $key:ident: $type:ident as $set:ident) => {
        $config.$set($value)
    };
}

written!(WrittenBreaker: BreakerConfig {
    failure_rate: Share,
    failures: u32,
    consecutive: u32,
    slow_rate: Share,
    slow_call: Duration,
    window: Window,
    min_calls: u32,
    open_for: Duration,
    open_growth: f64,
    open_max: Duration,
    probes: u32,
    successes: u32,
    probe_timeout: Duration,
});

written!(WrittenRateLimit: RateLimitConfig {
    rate: Rate as with_rate,
    burst: u32,
    algorithm: Algorithm,
    wait: Duration,
    max_keys: u32,
    lease: u32,
});

// `adaptive` before what is set of one.
written!(WrittenBulkhead: BulkheadConfig {
    adaptive: Adaptive as with_adaptive,
    max: u32 as with_max,
    min: u32 as with_min,
    queue: u32,
    wait: Duration,
});

written!(WrittenBudget: BudgetConfig {
    ratio: Share,
    floor: u32,
    window: Duration,
});

written!(WrittenThrottle: ThrottleConfig {
    k: f64,
    window: Duration,
});

#[cfg(feature = "chaos")]
written!(WrittenChaos: ChaosConfig {
    latency: Duration,
    latency_rate: Share,
    error_rate: Share,
    panic_rate: Share,
    seed: u64,
    enabled: bool,
});
