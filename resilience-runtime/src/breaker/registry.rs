//! Breakers by name: one per name and process, shared by all who name it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::config::{BreakerConfig, Settings};
use super::guard::Breaker;

/// Names are few and looked up once per annotated function, so that a list will do.
static BREAKERS: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    breaker: &'static Breaker,
    /// What the first one to configure the name said; none while it is only named.
    defined: Option<Settings>,
    /// Whether a second, different configuration has been reported.
    reported: bool,
}

fn entries() -> MutexGuard<'static, Vec<Entry>> {
    BREAKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Breaker {
    /// The breaker of that name, if an annotated function has been called that names it.
    ///
    /// ```
    /// use resilience_runtime::Breaker;
    ///
    /// assert!(Breaker::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        entries().iter().map(|entry| entry.breaker).find(|breaker| breaker.name() == name)
    }
}

/// All breakers that annotated functions have named so far, in the order of their first use.
#[must_use]
pub fn breakers() -> Vec<&'static Breaker> {
    entries().iter().map(|entry| entry.breaker).collect()
}

/// The breaker of that name, made if there is none.
///
/// Without a configuration it is only named, and has the defaults until somebody configures it. The first configuration
/// holds; another that differs is reported once and not applied.
pub(crate) fn resolve(name: &'static str, config: Option<BreakerConfig>) -> &'static Breaker {
    let settings = config.map(|config| config.settings());
    let mut entries = entries();
    let position = entries.iter().position(|entry| entry.breaker.name() == name).unwrap_or_else(|| {
        let breaker =
            Breaker::with_settings(name, settings.unwrap_or_else(|| BreakerConfig::new().settings()));
        // One per name, for as long as the process runs.
        entries.push(Entry { breaker: Box::leak(Box::new(breaker)), defined: settings, reported: false });
        entries.len() - 1
    });
    let entry = &mut entries[position];
    let breaker = entry.breaker;
    let mut conflict = false;
    match (entry.defined, settings) {
        (None, Some(settings)) => {
            entry.defined = Some(settings);
            breaker.apply(settings);
        }
        (Some(first), Some(settings)) if first != settings => {
            conflict = !core::mem::replace(&mut entry.reported, true);
        }
        _ => {}
    }
    drop(entries);
    if conflict {
        tracing::warn!(
            target: "reliability",
            { reliability.circuit_breaker.name = name },
            "two functions configure the circuit breaker `{name}` differently; the first configuration holds"
        );
    }
    breaker
}
