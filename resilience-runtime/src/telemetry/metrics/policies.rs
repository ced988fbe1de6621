//! The policies whose figures are read: those of annotated functions, called or not, and those that are watched.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::keys::{self, Attribute};
use crate::policy::breaker::{Breaker, State};
use crate::policy::bulkhead::Bulkhead;
#[cfg(feature = "cache")]
use crate::policy::cache::Cache;
use crate::policy::limiter::RateLimiter;
use crate::policy::registry::{Shared, Source};
use crate::policy::throttle::Throttle;
use crate::site::SITES;

/// A policy that metrics are read from.
pub(crate) trait Measured: Shared {
    /// The attribute that its name is told in.
    const NAME: Attribute;

    /// Its figures.
    type Reading;

    /// The figures as they are now.
    fn read(&self) -> Self::Reading;

    /// Adds the figures of another one of that name.
    fn add(reading: &mut Self::Reading, other: Self::Reading);

    /// Those that are watched.
    fn watched() -> &'static Mutex<Vec<Handle<Self>>>;
}

/// The figures of all policies of a kind, by name.
pub(crate) fn readings<P: Measured>() -> BTreeMap<&'static str, P::Reading> {
    // Once each, however many functions share it.
    let mut seen: HashSet<*const P> = HashSet::new();
    let mut readings: BTreeMap<&'static str, P::Reading> = BTreeMap::new();
    let mut read = |policy: &P| {
        if !seen.insert(core::ptr::from_ref(policy)) {
            return;
        }
        let reading = policy.read();
        if let Some(known) = readings.get_mut(policy.name()) {
            P::add(known, reading);
        } else {
            readings.insert(policy.name(), reading);
        }
    };
    P::registry().all().into_iter().for_each(&mut read);
    // One that nobody has called for yet is not made here, which would take part in whose settings hold: what it would
    // read as is as good. The settings that one of its functions gives come before those of one that only names it.
    let mut unmade: BTreeMap<&'static str, Option<P::Config>> = BTreeMap::new();
    for site in SITES {
        match (P::made(site), P::source(site).copied()) {
            (Some(policy), _) => read(policy),
            (None, Some(Source::Name(name, config))) => {
                let known = unmade.entry(name).or_default();
                *known = known.or(config);
            }
            (None, Some(Source::Own(config))) => _ = unmade.insert(site.operation(), Some(config)),
            (None, Some(Source::Static(_)) | None) => {}
        }
    }
    // Taken out of the lock: to drop the last of one runs code that may watch another.
    let watched: Vec<_> = {
        let handles = P::watched().lock().unwrap_or_else(PoisonError::into_inner);
        handles.iter().filter_map(Handle::hold).collect()
    };
    for held in &watched {
        match held {
            Held::Static(policy) => read(policy),
            Held::Shared(policy) => read(policy),
        }
    }
    for (name, config) in unmade {
        readings.entry(name).or_insert_with(|| P::with_config(name, config).read());
    }
    readings
}

/// A policy that is watched.
#[derive(Debug)]
pub(crate) enum Handle<P: 'static> {
    Static(&'static P),
    Shared(Weak<P>),
}

/// The same while it is read.
enum Held<P: 'static> {
    Static(&'static P),
    Shared(Arc<P>),
}

impl<P> Handle<P> {
    fn hold(&self) -> Option<Held<P>> {
        match self {
            Self::Static(policy) => Some(Held::Static(policy)),
            Self::Shared(policy) => policy.upgrade().map(Held::Shared),
        }
    }

    fn address(&self) -> *const P {
        match self {
            Self::Static(policy) => *policy,
            Self::Shared(policy) => policy.as_ptr(),
        }
    }

    fn is_alive(&self) -> bool {
        match self {
            Self::Static(_) => true,
            Self::Shared(policy) => policy.strong_count() > 0,
        }
    }
}

/// A policy that can be watched: a [`Throttle`], [`Breaker`], [`RateLimiter`] or [`Bulkhead`] in a `static` or in an
/// [`Arc`].
#[derive(Debug)]
pub struct Watched(Kind);

#[derive(Debug)]
enum Kind {
    Throttle(Handle<Throttle>),
    Breaker(Handle<Breaker>),
    RateLimiter(Handle<RateLimiter>),
    Bulkhead(Handle<Bulkhead>),
}

/// Reads metrics from a policy that no annotated function has: one that is used by hand.
///
/// Those of annotated functions need not be watched. One in an [`Arc`] is not kept alive: its series disappear when it is
/// dropped. To watch one twice is to watch it once.
///
/// ```
/// use std::sync::Arc;
///
/// use resilience_runtime::telemetry::metrics::watch;
/// use resilience_runtime::{Breaker, BreakerConfig};
///
/// static DB: Breaker = Breaker::new("db", BreakerConfig::new());
///
/// watch(&DB);
/// let of_tenant = Arc::new(Breaker::new("tenant", BreakerConfig::new()));
/// watch(&of_tenant);
/// ```
pub fn watch(policy: impl Into<Watched>) {
    match policy.into().0 {
        Kind::Throttle(handle) => add(handle),
        Kind::Breaker(handle) => add(handle),
        Kind::RateLimiter(handle) => add(handle),
        Kind::Bulkhead(handle) => add(handle),
    }
}

fn add<P: Measured>(handle: Handle<P>) {
    let mut watched = P::watched().lock().unwrap_or_else(PoisonError::into_inner);
    watched.retain(Handle::is_alive);
    if watched.iter().all(|known| known.address() != handle.address()) {
        watched.push(handle);
    }
}

macro_rules! watched {
    ($($policy:ident)*) => {$(
        impl From<&'static $policy> for Watched {
            fn from(policy: &'static $policy) -> Self {
                Self(Kind::$policy(Handle::Static(policy)))
            }
        }

        impl From<&Arc<$policy>> for Watched {
            fn from(policy: &Arc<$policy>) -> Self {
                Self(Kind::$policy(Handle::Shared(Arc::downgrade(policy))))
            }
        }
    )*};
}

watched!(Throttle Breaker RateLimiter Bulkhead);

/// The figures of a throttle.
#[derive(Debug)]
pub(crate) struct ThrottleReading {
    pub(crate) rejections: u64,
}

impl Measured for Throttle {
    const NAME: Attribute = keys::THROTTLE;

    type Reading = ThrottleReading;

    fn read(&self) -> ThrottleReading {
        ThrottleReading { rejections: self.rejections() }
    }

    fn add(reading: &mut ThrottleReading, other: ThrottleReading) {
        reading.rejections += other.rejections;
    }

    fn watched() -> &'static Mutex<Vec<Handle<Self>>> {
        static WATCHED: Mutex<Vec<Handle<Throttle>>> = Mutex::new(Vec::new());
        &WATCHED
    }
}

/// The figures of a breaker.
#[derive(Debug)]
pub(crate) struct BreakerReading {
    pub(crate) state: State,
    pub(crate) rejections: u64,
    /// Those that a breaker makes by itself, and those that have happened by hand.
    pub(crate) transitions: Vec<((State, State), u64)>,
}

/// The changes that a breaker makes by itself. They are series from zero on, so that its first opening is an increase.
const OWN_CHANGES: [(State, State); 4] = [
    (State::Closed, State::Open),
    (State::Open, State::HalfOpen),
    (State::HalfOpen, State::Open),
    (State::HalfOpen, State::Closed),
];

impl Measured for Breaker {
    const NAME: Attribute = keys::BREAKER;

    type Reading = BreakerReading;

    fn read(&self) -> BreakerReading {
        let pairs = State::ALL.into_iter().flat_map(|from| State::ALL.map(|to| (from, to)));
        let counted = pairs.map(|(from, to)| ((from, to), self.meter.changes(from, to)));
        BreakerReading {
            state: self.state(),
            rejections: self.rejections(),
            transitions: counted.filter(|(pair, count)| *count > 0 || OWN_CHANGES.contains(pair)).collect(),
        }
    }

    /// Of two states, the worse one is told.
    fn add(reading: &mut BreakerReading, other: BreakerReading) {
        let worse =
            [State::Open, State::HalfOpen].into_iter().find(|it| [reading.state, other.state].contains(it));
        reading.state = worse.unwrap_or(State::Closed);
        reading.rejections += other.rejections;
        for (pair, count) in other.transitions {
            match reading.transitions.iter_mut().find(|(known, _)| *known == pair) {
                Some((_, known)) => *known += count,
                None => reading.transitions.push((pair, count)),
            }
        }
    }

    fn watched() -> &'static Mutex<Vec<Handle<Self>>> {
        static WATCHED: Mutex<Vec<Handle<Breaker>>> = Mutex::new(Vec::new());
        &WATCHED
    }
}

/// The figures of a rate limiter: of all keys together, which are no series of their own.
#[derive(Debug)]
pub(crate) struct LimiterReading {
    pub(crate) allowed: u64,
    pub(crate) rejected: u64,
}

impl Measured for RateLimiter {
    const NAME: Attribute = keys::RATE_LIMITER;

    type Reading = LimiterReading;

    fn read(&self) -> LimiterReading {
        LimiterReading { allowed: self.meter.admitted.get(), rejected: self.rejections() }
    }

    fn add(reading: &mut LimiterReading, other: LimiterReading) {
        reading.allowed += other.allowed;
        reading.rejected += other.rejected;
    }

    fn watched() -> &'static Mutex<Vec<Handle<Self>>> {
        static WATCHED: Mutex<Vec<Handle<RateLimiter>>> = Mutex::new(Vec::new());
        &WATCHED
    }
}

/// The figures of a bulkhead.
#[derive(Debug)]
pub(crate) struct BulkheadReading {
    pub(crate) usage: u64,
    pub(crate) limit: u64,
    pub(crate) rejections: u64,
}

impl Measured for Bulkhead {
    const NAME: Attribute = keys::BULKHEAD;

    type Reading = BulkheadReading;

    fn read(&self) -> BulkheadReading {
        BulkheadReading {
            usage: self.in_flight().into(),
            limit: self.limit().into(),
            rejections: self.rejections(),
        }
    }

    fn add(reading: &mut BulkheadReading, other: BulkheadReading) {
        reading.usage += other.usage;
        reading.limit += other.limit;
        reading.rejections += other.rejections;
    }

    fn watched() -> &'static Mutex<Vec<Handle<Self>>> {
        static WATCHED: Mutex<Vec<Handle<Bulkhead>>> = Mutex::new(Vec::new());
        &WATCHED
    }
}

/// The figures of a cache.
#[cfg(feature = "cache")]
#[derive(Debug)]
pub(crate) struct CacheReading {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) stale: u64,
}

#[cfg(feature = "cache")]
impl Measured for Cache {
    const NAME: Attribute = keys::CACHE;

    type Reading = CacheReading;

    fn read(&self) -> CacheReading {
        let [hits, misses, stale] = self.counts();
        CacheReading { hits, misses, stale }
    }

    fn add(reading: &mut CacheReading, other: CacheReading) {
        reading.hits += other.hits;
        reading.misses += other.misses;
        reading.stale += other.stale;
    }

    fn watched() -> &'static Mutex<Vec<Handle<Self>>> {
        static WATCHED: Mutex<Vec<Handle<Cache>>> = Mutex::new(Vec::new());
        &WATCHED
    }
}
