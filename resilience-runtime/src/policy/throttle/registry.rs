//! Throttles by name.

use std::sync::OnceLock;

use super::config::ThrottleConfig;
use super::guard::Throttle;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static THROTTLES: Registry<Throttle> = Registry::new();

impl Shared for Throttle {
    type Config = ThrottleConfig;

    const KIND: &'static str = "throttle";
    const KEY: &'static str = "throttle";

    fn with_config(name: &'static str, config: Option<ThrottleConfig>) -> Self {
        Self::with_settings(name, config.unwrap_or_default().settings())
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &ThrottleConfig, other: &ThrottleConfig) -> bool {
        one.settings() == other.settings()
    }

    fn settings_of(config: Option<&ThrottleConfig>) -> Vec<Setting> {
        config.copied().unwrap_or_default().settings().described()
    }

    fn current_settings(&self) -> Vec<Setting> {
        self.settings().described()
    }

    fn registry() -> &'static Registry<Self> {
        &THROTTLES
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.throttle.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.throttle
    }
}

impl Throttle {
    /// The throttle of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// ```
    /// use resilience_runtime::Throttle;
    ///
    /// assert!(Throttle::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All throttles of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn throttles() -> Vec<&'static Throttle> {
    registry::all()
}
