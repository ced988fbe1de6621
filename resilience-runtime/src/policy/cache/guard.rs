//! The handle.

use core::any::TypeId;
use core::array;
use core::fmt;
use core::hash::Hash;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::config::CacheConfig;
use super::revisions::Revision;
use super::snapshot::CacheSnapshot;
use super::store::{Found, Store};
use crate::policy::answer::kept::Kept;
use crate::policy::answer::key::{Key, Typed};
use crate::time::Tick;

/// Answers of annotated functions, to be given again.
///
/// One belongs to a function, or is shared by all functions that name it, or stands in a `static`. A function never gets
/// an answer of another one: what they share is the room, the counts and this handle. All methods take `&self`, may be
/// called from any thread, and wait for nothing but short locks.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{Cache, CacheConfig, resilient};
/// use std::time::Duration;
///
/// static USERS: Cache = Cache::new("users", CacheConfig::new(Duration::from_secs(60)));
///
/// #[resilient(cache = USERS)]
/// async fn load_user(id: u64) -> std::io::Result<String> {
///     Ok(format!("user {id}"))
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// load_user(7).await?;
/// load_user(7).await?;
/// assert_eq!((USERS.snapshot().hits, USERS.snapshot().misses), (1, 1));
///
/// USERS.invalidate(&7_u64);
/// load_user(7).await?;
/// assert_eq!(USERS.snapshot().misses, 2);
/// # Ok::<_, std::io::Error>(()) }).unwrap();
/// ```
pub struct Cache {
    name: &'static str,
    /// None where it is a name that no function says more of, which remembers nothing.
    config: Option<CacheConfig>,
    store: OnceLock<Store>,
    /// Whose answers there are: the instances of annotated functions.
    instances: Mutex<Vec<TypeId>>,
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    /// Those of each before the last `reset`.
    forgotten: [AtomicU64; 3],
}

impl Cache {
    /// One that remembers nothing yet.
    ///
    /// # Panics
    ///
    /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error of
    /// the compiler.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, config: CacheConfig) -> Self {
        config.ruling().hold();
        Self::with(name, Some(config))
    }

    pub(super) const fn with(name: &'static str, config: Option<CacheConfig>) -> Self {
        Self {
            name,
            config,
            store: OnceLock::new(),
            instances: Mutex::new(Vec::new()),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            stale: AtomicU64::new(0),
            forgotten: [const { AtomicU64::new(0) }; 3],
        }
    }

    /// The name given to it; the operation, of one that a function has to itself.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Forgets what was answered for `key`, by all functions that have this cache.
    ///
    /// The key is of the type that answers are kept by: the owned one of the function's only argument, a tuple of those
    /// of several, or that of the `key` of the attribute. A key of another type is that of no answer. An answer that is
    /// on its way meanwhile is not remembered, nor given to calls that begin later; now and then this befalls one of another
    /// key too, which is then asked for once more.
    ///
    #[cfg_attr(feature = "macros", doc = "```")]
    #[cfg_attr(not(feature = "macros"), doc = "```ignore")]
    /// use resilience_runtime::{Cache, resilient};
    ///
    /// #[resilient(cache("60s", name = "prices"))]
    /// async fn price(shop: &str, item: u32) -> std::io::Result<u32> {
    ///     Ok(item)
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// price("corner", 7).await?;
    /// let prices = Cache::named("prices").expect("it was called");
    /// prices.invalidate(&("corner".to_owned(), 7_u32));
    /// assert_eq!(prices.snapshot().entries, 0);
    /// # Ok::<_, std::io::Error>(()) }).unwrap();
    /// ```
    pub fn invalidate<K>(&self, key: &K)
    where
        K: ToOwned + ?Sized,
        K::Owned: Hash + Eq + Send + Sync + 'static,
    {
        // Before there is one, nobody has looked for an answer, and none is on its way.
        let Some(store) = self.store.get() else { return };
        let mut key = Typed { instance: TypeId::of::<Self>(), key: key.to_owned() };
        store.revisions.advance(&key);
        let instances = self.instances().clone();
        for instance in instances {
            key.instance = instance;
            store.remove(&key);
        }
    }

    /// Forgets all answers. One that is on its way meanwhile is not remembered, nor given to calls that begin later.
    pub fn clear(&self) {
        if let Some(store) = self.store.get() {
            store.revisions.advance_all();
            store.clear();
        }
    }

    /// [Forgets all answers](Self::clear), and counts what it does from zero.
    pub fn reset(&self) {
        self.clear();
        for (forgotten, count) in self.forgotten.iter().zip(self.counts()) {
            forgotten.store(count, Ordering::Relaxed);
        }
    }

    /// What it has done.
    #[must_use]
    pub fn snapshot(&self) -> CacheSnapshot {
        let counts = self.counts();
        let [hits, misses, stale] = array::from_fn(|at| {
            // Nothing is counted down, so that metrics go on.
            counts[at].saturating_sub(self.forgotten[at].load(Ordering::Relaxed))
        });
        CacheSnapshot { hits, misses, stale, entries: self.store.get().map_or(0, Store::count) }
    }

    /// Hits, misses, and stale answers, ever.
    pub(crate) fn counts(&self) -> [u64; 3] {
        [&self.hits, &self.misses, &self.stale].map(|count| count.load(Ordering::Relaxed))
    }

    pub(super) fn config(&self) -> Option<&CacheConfig> {
        self.config.as_ref()
    }

    fn store(&self) -> Option<&Store> {
        let config = self.config?;
        Some(self.store.get_or_init(|| Store::new(config)))
    }

    /// How often the answers of that key were taken back so far.
    pub(super) fn revision(&self, key: &Key) -> Revision {
        self.store().map_or_else(Revision::default, |store| store.revisions.of(&*key.0))
    }

    /// Looks for an answer; `None` where nothing is ever remembered.
    pub(super) fn find(&self, key: &Key) -> Option<Found> {
        let found = self.store()?.find(key, Tick::now());
        let counter = if matches!(found, Found::Fresh(..)) { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        Some(found)
    }

    /// Remembers what was answered since `revision`.
    pub(super) fn remember(&self, key: &Key, kept: Kept, revision: Revision) {
        let Some(store) = self.store() else { return };
        let mut instances = self.instances();
        let instance = key.0.instance();
        if !instances.contains(&instance) {
            instances.push(instance);
        }
        drop(instances);
        store.insert(key, kept, Tick::now(), revision);
    }

    pub(super) fn count_stale(&self) {
        self.stale.fetch_add(1, Ordering::Relaxed);
    }

    fn instances(&self) -> std::sync::MutexGuard<'_, Vec<TypeId>> {
        // Nothing panics while it is held.
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("name", &self.name)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
