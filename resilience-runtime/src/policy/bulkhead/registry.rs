//! Bulkheads by name.

use std::sync::OnceLock;

use super::config::BulkheadConfig;
use super::guard::Bulkhead;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static BULKHEADS: Registry<Bulkhead> = Registry::new();

impl Shared for Bulkhead {
    type Config = BulkheadConfig;

    const KIND: &'static str = "bulkhead";
    const KEY: &'static str = "bulkhead";

    fn with_config(name: &'static str, config: Option<BulkheadConfig>) -> Self {
        Self::with_settings(name, config.unwrap_or_default().settings())
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &BulkheadConfig, other: &BulkheadConfig) -> bool {
        one.settings() == other.settings()
    }

    fn settings_of(config: Option<&BulkheadConfig>) -> Vec<Setting> {
        config.copied().unwrap_or_default().settings().described()
    }

    fn current_settings(&self) -> Vec<Setting> {
        self.settings().described()
    }

    fn registry() -> &'static Registry<Self> {
        &BULKHEADS
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.bulkhead.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.bulkhead
    }
}

impl Bulkhead {
    /// The bulkhead of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// ```
    /// use resilience_runtime::Bulkhead;
    ///
    /// assert!(Bulkhead::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All bulkheads of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn bulkheads() -> Vec<&'static Bulkhead> {
    registry::all()
}
