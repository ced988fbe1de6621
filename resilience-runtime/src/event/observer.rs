//! Observers: user code that is told what happens.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::event::Event;
use crate::telemetry::names::TARGET;

/// Is told of every [`Event`], or of those of one name.
///
/// It runs where the event happens, in the middle of a call: it should be quick, and hand longer work to a task. It may
/// use every policy, that which the event is about too: no lock is held. When it panics the call goes on as if it had
/// not; the first panic of each observer is told as a `tracing` warning.
///
/// Any `Fn(&Event) + Send + Sync` is one.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig, Event, State, observe_named};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static OPENED: AtomicU32 = AtomicU32::new(0);
/// static DB: Breaker = Breaker::new("db", BreakerConfig::new());
///
/// let observing = observe_named("db", |event: &Event| {
///     if let Event::BreakerTransition { to: State::Open, .. } = event {
///         OPENED.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// DB.trip();
/// drop(observing);
/// DB.reset();
/// DB.trip();
/// assert_eq!(OPENED.load(Ordering::Relaxed), 1);
/// ```
pub trait Observer: Send + Sync {
    /// Something happened.
    fn observe(&self, event: &Event);
}

impl<F: Fn(&Event) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event) {
        self(event);
    }
}

struct Entry {
    observer: Box<dyn Observer>,
    /// Whose events it wants; all, without.
    name: Option<String>,
    has_panicked: AtomicBool,
}

/// Replaced as a whole, so that no lock is held while observers run.
static ENTRIES: RwLock<Vec<Arc<Entry>>> = RwLock::new(Vec::new());

/// How many there are: an event that nobody observes costs one load.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// An observer at work; dropped, it is told of nothing more.
///
/// For one that works as long as the process, `std::mem::forget` it.
#[must_use = "an observer that is dropped at once observes nothing"]
pub struct Observing {
    entry: Arc<Entry>,
}

impl Drop for Observing {
    fn drop(&mut self) {
        let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| !Arc::ptr_eq(entry, &self.entry));
        COUNT.store(entries.len(), Ordering::Relaxed);
    }
}

impl fmt::Debug for Observing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observing").field("name", &self.entry.name).finish_non_exhaustive()
    }
}

/// Has `observer` told of every event of the process, until the handle is dropped.
///
/// ```
/// use resilience_runtime::{Breaker, BreakerConfig, Event, observe};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static REFUSED: AtomicU32 = AtomicU32::new(0);
///
/// let _observing = observe(|event: &Event| {
///     if let Event::BreakerRejected { .. } = event {
///         REFUSED.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// let db = Breaker::new("db", BreakerConfig::new());
/// db.isolate();
/// assert!(db.try_acquire().is_err());
/// assert_eq!(REFUSED.load(Ordering::Relaxed), 1);
/// ```
pub fn observe(observer: impl Observer + 'static) -> Observing {
    register(Box::new(observer), None)
}

/// Has `observer` told of the events of one name, of an operation or of a policy, until the handle is dropped.
///
/// Which name an event has says [`Event::name`].
pub fn observe_named(name: impl Into<String>, observer: impl Observer + 'static) -> Observing {
    register(Box::new(observer), Some(name.into()))
}

fn register(observer: Box<dyn Observer>, name: Option<String>) -> Observing {
    let entry = Arc::new(Entry { observer, name, has_panicked: AtomicBool::new(false) });
    let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
    entries.push(Arc::clone(&entry));
    COUNT.store(entries.len(), Ordering::Relaxed);
    Observing { entry }
}

/// Whether there is an observer.
#[inline]
pub(crate) fn is_any() -> bool {
    COUNT.load(Ordering::Relaxed) != 0
}

/// Tells all who want to know.
pub(crate) fn tell(event: &Event) {
    if COUNT.load(Ordering::Relaxed) == 0 {
        return;
    }
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    let wants = |entry: &&Arc<Entry>| entry.name.as_deref().is_none_or(|name| name == event.name());
    let told: Vec<_> = entries.iter().filter(wants).map(Arc::clone).collect();
    drop(entries);
    for entry in told {
        let panicked = catch_unwind(AssertUnwindSafe(|| entry.observer.observe(event))).is_err();
        if panicked && !entry.has_panicked.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: TARGET, "an observer panicked; it is told of further events, and this once");
        }
    }
}

#[cfg(all(test, not(resilience_loom)))]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicU32;

    use super::*;
    use crate::policy::breaker::{Breaker, BreakerConfig, State};

    #[test]
    fn an_observer_of_one_name_hears_no_other() {
        static HEARD: AtomicU32 = AtomicU32::new(0);
        let _observing = observe_named("observed", |_: &Event| _ = HEARD.fetch_add(1, Ordering::Relaxed));
        Breaker::new("observed", BreakerConfig::new()).trip();
        Breaker::new("another", BreakerConfig::new()).trip();
        assert_eq!(HEARD.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_panicking_observer_disturbs_nobody() {
        static HEARD: AtomicU32 = AtomicU32::new(0);
        let _panics = observe_named("panics", |_: &Event| panic!("in the observer"));
        let _hears = observe_named("panics", |_: &Event| _ = HEARD.fetch_add(1, Ordering::Relaxed));
        let breaker = Breaker::new("panics", BreakerConfig::new().consecutive(1));
        breaker.try_acquire().unwrap().failure();
        assert!(breaker.try_acquire().is_err());
        assert_eq!((breaker.state(), HEARD.load(Ordering::Relaxed)), (State::Open, 2));
    }

    // E9
    #[test]
    fn an_observer_may_use_the_breaker_it_is_told_of() {
        static DB: Breaker = Breaker::new("re-entrant", BreakerConfig::new().consecutive(1));
        static STATES: Mutex<Vec<State>> = Mutex::new(Vec::new());
        let _observing = observe_named("re-entrant", |event: &Event| {
            STATES.lock().unwrap().push(DB.state());
            if matches!(event, Event::BreakerTransition { .. }) {
                assert!(DB.try_acquire().is_err());
            }
        });
        DB.try_acquire().unwrap().failure();
        // The transition, and in the middle of it the refusal.
        assert_eq!(*STATES.lock().unwrap(), [State::Open, State::Open]);
    }
}
