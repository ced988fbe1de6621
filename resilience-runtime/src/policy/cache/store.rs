//! The entries of a cache. How old they may be is decided here, by our own clock; moka bounds how many there are.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::sync::Arc;

use moka::sync::Cache as Entries;

use super::config::CacheConfig;
use super::revisions::{Revision, Revisions};
use super::state::Age;
use crate::policy::answer::kept::Kept;
use crate::policy::answer::key::{AnyKey, Key};
use crate::time::Tick;

/// An answer, and when it was given.
struct Entry {
    kept: Kept,
    given: Tick,
    /// Whether it was not taken back before it was there; until that is known, nobody is given it.
    holds: AtomicBool,
}

/// What was found.
pub(super) enum Found {
    /// An answer that is given again, and how old it is.
    Fresh(Kept, Duration),
    /// One that may stand in for an error until then, given at the tick behind it.
    Stale {
        kept: Kept,
        until: Tick,
        given: Tick,
    },
    Nothing,
}

pub(super) struct Store {
    pub(super) config: CacheConfig,
    pub(super) revisions: Revisions,
    entries: Entries<Key, Arc<Entry>>,
}

impl Store {
    pub(super) fn new(config: CacheConfig) -> Self {
        // So that what nobody asks for again is gone some day. moka's clock is the system's, and a paused one may be
        // behind it: it has much more time than we have.
        const GRACE: Duration = Duration::from_secs(3_600);
        const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3_600);
        let lives = config.ttl.saturating_add(config.stale_if_error.unwrap_or_default());
        let entries = Entries::builder()
            .max_capacity(u64::from(config.capacity))
            .time_to_live(lives.saturating_mul(2).saturating_add(GRACE).min(LONGEST))
            .build();
        Self { config, revisions: Revisions::new(), entries }
    }

    pub(super) fn find(&self, key: &Key, now: Tick) -> Found {
        let Some(entry) = self.entries.get(key) else { return Found::Nothing };
        if !entry.holds.load(Ordering::SeqCst) {
            return Found::Nothing;
        }
        let (kept, given) = (Arc::clone(&entry.kept), entry.given);
        match Age::of(given, now, &self.config) {
            Age::Fresh => Found::Fresh(kept, now.since(given)),
            Age::Stale { until } => Found::Stale { kept, until, given },
            Age::Gone => Found::Nothing,
        }
    }

    /// Stores what was answered since `revision`, unless it was taken back meanwhile.
    pub(super) fn insert(&self, key: &Key, kept: Kept, given: Tick, revision: Revision) {
        if !self.revisions.is_current(revision) {
            return;
        }
        let entry = Arc::new(Entry { kept, given, holds: AtomicBool::new(false) });
        self.entries.insert(key.clone(), Arc::clone(&entry));
        // Whoever takes it back from here on finds it and removes it; who did before may have found nothing.
        if self.revisions.is_current(revision) {
            entry.holds.store(true, Ordering::SeqCst);
        } else {
            self.remove(&*key.0);
        }
    }

    pub(super) fn remove(&self, key: &AnyKey) {
        self.entries.invalidate(key);
    }

    pub(super) fn clear(&self) {
        self.entries.invalidate_all();
    }

    /// How many entries there are, once those too many are gone.
    pub(super) fn count(&self) -> u64 {
        self.entries.run_pending_tasks();
        self.entries.entry_count()
    }
}
