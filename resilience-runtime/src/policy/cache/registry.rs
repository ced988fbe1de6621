//! Caches by name.

use std::sync::OnceLock;

use super::config::CacheConfig;
use super::guard::Cache;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static CACHES: Registry<Cache> = Registry::new();

impl Shared for Cache {
    type Config = CacheConfig;

    const KIND: &'static str = "cache";
    const KEY: &'static str = "cache";

    fn with_config(name: &'static str, config: Option<CacheConfig>) -> Self {
        Self::with(name, config)
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &CacheConfig, other: &CacheConfig) -> bool {
        one == other
    }

    fn settings_of(config: Option<&CacheConfig>) -> Vec<Setting> {
        config.map(CacheConfig::described).unwrap_or_default()
    }

    fn current_settings(&self) -> Vec<Setting> {
        Self::settings_of(self.config())
    }

    fn registry() -> &'static Registry<Self> {
        &CACHES
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.cache.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.cache
    }
}

impl Cache {
    /// The cache of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// ```
    /// use resilience_runtime::Cache;
    ///
    /// assert!(Cache::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All caches of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn caches() -> Vec<&'static Cache> {
    registry::all()
}
