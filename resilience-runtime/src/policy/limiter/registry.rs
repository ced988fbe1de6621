//! Limiters by name.

use std::sync::OnceLock;

use super::config::{RateLimitConfig, Settings};
use super::guard::RateLimiter;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static LIMITERS: Registry<RateLimiter> = Registry::new();

impl Shared for RateLimiter {
    type Config = RateLimitConfig;

    const KIND: &'static str = "rate limiter";
    const KEY: &'static str = "rate_limit";

    fn with_config(name: &'static str, config: Option<RateLimitConfig>) -> Self {
        let settings = config.map_or(Settings::NONE, |config| config.settings());
        Self::with_settings(name, config, settings)
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &RateLimitConfig, other: &RateLimitConfig) -> bool {
        one.settings() == other.settings()
    }

    fn settings_of(config: Option<&RateLimitConfig>) -> Vec<Setting> {
        config.map(RateLimitConfig::described).unwrap_or_default()
    }

    fn current_settings(&self) -> Vec<Setting> {
        Self::settings_of(self.config().as_ref())
    }

    fn registry() -> &'static Registry<Self> {
        &LIMITERS
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.rate_limit.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.rate_limit
    }
}

impl RateLimiter {
    /// The limiter of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// One that has only been named, and by no function configured, admits every call.
    ///
    /// ```
    /// use resilience_runtime::RateLimiter;
    ///
    /// assert!(RateLimiter::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All rate limiters of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn rate_limiters() -> Vec<&'static RateLimiter> {
    registry::all()
}
