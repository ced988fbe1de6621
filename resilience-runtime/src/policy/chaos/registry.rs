//! Chaos by name, known as soon as the program runs: the functions that have some are listed by the linker.

use core::ptr;
use std::sync::OnceLock;

use super::config::ChaosConfig;
use super::guard::Chaos;
use crate::policy::registry::{Registry, Shared, Source, configured};
use crate::policy::setting::Setting;
use crate::site::{SITES, Site};

static NAMED: Registry<Chaos> = Registry::new();

impl Shared for Chaos {
    type Config = ChaosConfig;

    const KIND: &'static str = "chaos";
    const KEY: &'static str = "chaos";

    fn with_config(name: &'static str, config: Option<ChaosConfig>) -> Self {
        Self::with(name, config.unwrap_or_default())
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &ChaosConfig, other: &ChaosConfig) -> bool {
        one.settings() == other.settings() && one.enabled == other.enabled
    }

    fn settings_of(config: Option<&ChaosConfig>) -> Vec<Setting> {
        config.copied().unwrap_or_default().described()
    }

    fn current_settings(&self) -> Vec<Setting> {
        self.settings().described(self.is_enabled())
    }

    fn registry() -> &'static Registry<Self> {
        &NAMED
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.chaos.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.chaos
    }
}

/// Whether the chaos of `site` injects anything now. Makes none.
pub(crate) fn is_active(site: &'static Site) -> bool {
    let injects = |config: &ChaosConfig| config.enabled && config.settings().injects();
    match Chaos::source(site) {
        Some(Source::Static(chaos)) => chaos.is_active(),
        Some(Source::Name(name, config)) => match NAMED.find(name) {
            Some(chaos) => chaos.is_active(),
            None => config.or_else(|| configured::<Chaos>(name)).is_some_and(|config| injects(&config)),
        },
        Some(Source::Own(config)) => Chaos::made(site).map_or_else(|| injects(config), Chaos::is_active),
        None => false,
    }
}

impl Chaos {
    /// The chaos of that name: the one that annotated functions name, or the one of the function whose operation it is.
    ///
    /// Known before the first call.
    ///
    /// ```
    /// use resilience_runtime::chaos::Chaos;
    ///
    /// assert!(Chaos::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        all().into_iter().find(|chaos| chaos.name() == name)
    }
}

/// Every chaos at an annotated function of the program, each once.
///
/// ```
/// use resilience_runtime::chaos;
///
/// let enabled = chaos::all().into_iter().filter(|chaos| chaos.is_enabled()).count();
/// println!("{enabled} sources of faults are enabled");
/// ```
#[must_use]
pub fn all() -> Vec<&'static Chaos> {
    let mut all: Vec<&'static Chaos> = Vec::new();
    for chaos in SITES.iter().filter_map(Site::get_chaos) {
        if !all.iter().any(|other| ptr::eq(*other, chaos)) {
            all.push(chaos);
        }
    }
    all
}

/// Ends all chaos of the program, until it is enabled again: the switch for whoever did not start it.
///
/// ```
/// use resilience_runtime::chaos;
///
/// chaos::disable_all();
/// assert!(chaos::all().into_iter().all(|chaos| !chaos.is_enabled()));
/// ```
pub fn disable_all() {
    for chaos in all() {
        chaos.disable();
    }
}
