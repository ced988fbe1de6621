//! Breakers by name.

use std::sync::OnceLock;

use super::config::BreakerConfig;
use super::guard::Breaker;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static BREAKERS: Registry<Breaker> = Registry::new();

impl Shared for Breaker {
    type Config = BreakerConfig;

    const KIND: &'static str = "circuit breaker";
    const KEY: &'static str = "breaker";

    fn with_config(name: &'static str, config: Option<BreakerConfig>) -> Self {
        Self::with_settings(name, config.unwrap_or_default().settings())
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &BreakerConfig, other: &BreakerConfig) -> bool {
        one.settings() == other.settings()
    }

    fn settings_of(config: Option<&BreakerConfig>) -> Vec<Setting> {
        config.copied().unwrap_or_default().settings().described()
    }

    fn current_settings(&self) -> Vec<Setting> {
        self.settings().described()
    }

    fn registry() -> &'static Registry<Self> {
        &BREAKERS
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.breaker.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.breaker
    }
}

impl Breaker {
    /// The breaker of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// ```
    /// use resilience_runtime::Breaker;
    ///
    /// assert!(Breaker::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All breakers of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn breakers() -> Vec<&'static Breaker> {
    registry::all()
}
