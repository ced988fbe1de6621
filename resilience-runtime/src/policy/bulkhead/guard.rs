//! The handle: changes the word, takes the lock where somebody waits, and calls those who are next after it is
//! released.

use core::fmt;
use core::task::Waker;
use core::time::Duration;
use std::sync::PoisonError;

use super::adaptive::{Controller, Sample};
use super::config::{BulkheadConfig, Settings};
use super::enter::Enter;
use super::slot::Slot;
use super::snapshot::BulkheadSnapshot;
use super::state::Queue;
use super::word::{WAITS, Word};
use crate::counting::sharded::Rejections;
use crate::event::{Event, tell};
use crate::outcome::Rejected;
use crate::sync::{AtomicU64, Mutex, Ordering, const_but_for_loom};
use crate::time::Tick;
use crate::wakers::Wakers;

/// A bulkhead: lets at most so many calls run at once.
///
/// One is shared by all calls to one dependency: a `static`, or by name through the attribute. All methods take
/// `&self`, may be called from any thread, and wait for nothing but a short lock; [`enter`](Self::enter) is a future.
///
/// ```
/// use resilience_runtime::{Bulkhead, BulkheadConfig};
///
/// static DB: Bulkhead = Bulkhead::new("db", BulkheadConfig::new(2));
///
/// let one = DB.try_enter().expect("the first of two");
/// let other = DB.try_enter().expect("the second of two");
/// assert_eq!(DB.try_enter().expect_err("full").name(), "db");
///
/// drop(one);
/// assert_eq!(DB.in_flight(), 1);
/// # drop(other);
/// ```
pub struct Bulkhead {
    /// Read-modify-written only: it is never out of date for those who change it.
    pub(super) word: AtomicU64,
    /// How many calls may wait; beside the lock, so that a full bulkhead without a queue refuses without it.
    pub(super) capacity: AtomicU64,
    name: &'static str,
    pub(super) rejections: Rejections,
    machine: Mutex<Machine>,
}

/// What is behind the lock.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) wait: Duration,
    pub(super) queue: Queue<Waker>,
    /// Of an adaptive bulkhead.
    pub(super) controller: Option<Controller>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    Ignored,
    Dropped,
}

impl Bulkhead {
    const_but_for_loom! {
        /// An empty bulkhead.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an
        /// error of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: BulkheadConfig) -> Self {
            config.ruling().hold();
            Self::with_settings(name, config.settings())
        }
    }

    const_but_for_loom! {
        pub(super) const fn with_settings(name: &'static str, settings: Settings) -> Self {
            let controller = match settings.adaptive {
                Some(bounds) => Some(Controller::new(bounds, settings.max)),
                None => None,
            };
            let limit = match &controller {
                Some(controller) => controller.limit(),
                None => settings.max,
            };
            Self {
                word: AtomicU64::new(Word::new(limit, controller.is_some()).0),
                capacity: AtomicU64::new(settings.queue as u64),
                name,
                rejections: Rejections::new(),
                machine: Mutex::new(Machine { wait: settings.wait, queue: Queue::new(), controller }),
            }
        }
    }

    /// The name given to it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Enters if a slot is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// [`Rejected`], when there is none.
    #[inline]
    pub fn try_enter(&self) -> Result<Slot<'_>, Rejected> {
        match self.try_enter_free().or_else(|| self.try_enter_late()) {
            Some(slot) => Ok(slot),
            None => Err(self.reject(Duration::ZERO)),
        }
    }

    /// Enters, and waits for a slot where there is a queue with a place in it.
    ///
    /// Higher priorities are served first, equal ones in the order they came; the oldest of those who wait is
    /// overtaken seven times at most. Nothing happens before the future is polled.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits, it leaves the queue at once. A slot that it was given but did not hear of goes to
    /// the next.
    ///
    /// # Errors
    ///
    /// [`Rejected`], at once when the queue is full or there is none, else after the configured `wait`.
    ///
    /// # Panics
    ///
    /// When it has to wait outside of a tokio runtime with the time driver enabled, and when polled after it has
    /// ended.
    ///
    /// ```
    /// use core::time::Duration;
    /// use resilience_runtime::{Bulkhead, BulkheadConfig, Rejected};
    ///
    /// static DB: Bulkhead = Bulkhead::new("db", BulkheadConfig::new(1).queue(9).wait(Duration::from_secs(1)));
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
    /// let slot = DB.enter(0).await.expect("free");
    /// let rejected = DB.enter(0).await.expect_err("taken for longer than a second");
    /// assert_eq!(rejected.to_string(), "bulkhead `db` is full, still after 1s");
    /// # drop(slot);
    /// # });
    /// ```
    #[inline]
    pub fn enter(&self, priority: i32) -> Enter<'_> {
        Enter::new(self, priority)
    }

    /// The slot of a bulkhead that is neither full nor adaptive. Apart from the rest, so that an annotated function
    /// keeps it in registers.
    #[inline]
    pub(crate) fn try_enter_free(&self) -> Option<Slot<'_>> {
        let mut word = self.word();
        while word.admits() {
            // Acquired, as what the call before has left behind is seen by the call after it.
            let entered =
                self.word.compare_exchange_weak(word.0, word.0 + 1, Ordering::Acquire, Ordering::Relaxed);
            match entered {
                Ok(_) => return Some(Slot::new(self, None)),
                Err(seen) => word = Word(seen),
            }
        }
        None
    }

    /// Enters any bulkhead that has room, after those who wait.
    #[inline(never)]
    pub(crate) fn try_enter_late(&self) -> Option<Slot<'_>> {
        self.try_enter_unqueued().or_else(|| {
            let word = self.word();
            // Free slots that somebody waits for are given to them first, and some may be left.
            let may_be_left = word.waits() && word.has_room();
            if may_be_left { self.with_lock(|_| self.try_enter_unqueued()) } else { None }
        })
    }

    /// Enters, timed or not, if nobody waits.
    pub(super) fn try_enter_unqueued(&self) -> Option<Slot<'_>> {
        self.add_one(|word| word.has_room() && !word.waits()).then(|| self.slot())
    }

    /// The slot of a call that is counted already.
    pub(super) fn slot(&self) -> Slot<'_> {
        Slot::new(self, self.word().is_timed().then(Tick::now))
    }

    fn word(&self) -> Word {
        Word(self.word.load(Ordering::Relaxed))
    }

    /// Counts one more call inside, under that condition.
    pub(super) fn add_one(&self, condition: impl Fn(Word) -> bool) -> bool {
        let add = |word| condition(Word(word)).then_some(word + 1);
        self.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, add).is_ok()
    }

    /// Gives a slot back.
    #[inline]
    pub(super) fn leave(&self, started: Option<Tick>, verdict: Verdict) {
        // Released, for the call that enters next.
        let before = Word(self.word.fetch_sub(1, Ordering::Release));
        if !before.is_plain() {
            self.left(before, started, verdict);
        }
    }

    /// Lets the next ones in, and the limit follow how the call ended.
    #[cold]
    #[inline(never)]
    fn left(&self, before: Word, started: Option<Tick>, verdict: Verdict) {
        let failed = match verdict {
            Verdict::Success => Some(false),
            Verdict::Failure => Some(true),
            Verdict::Ignored => None,
            Verdict::Dropped => std::thread::panicking().then_some(true),
        };
        let sample = match (started, failed) {
            (Some(started), Some(failed)) if before.is_timed() => {
                Some(Sample { started, ended: Tick::now(), in_flight: before.in_flight(), failed })
            }
            _ => None,
        };
        if sample.is_none() && !before.waits() {
            return;
        }
        self.with_lock(|machine| {
            if let (Some(controller), Some(sample)) = (&mut machine.controller, &sample) {
                controller.record(sample);
                self.set_limit(controller.limit(), true);
            }
        });
    }

    pub(super) fn set_limit(&self, limit: u32, timed: bool) {
        let set = |word| {
            let new = Word(word).with_limit(limit, timed);
            (new.0 != word).then_some(new.0)
        };
        // An error says that there was nothing to change.
        let _ = self.word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, set);
    }

    /// Runs `decide` with the lock held, gives free slots to those who wait, before and after, and calls them when
    /// the lock is released: a waker may do what it likes with the bulkhead.
    pub(super) fn with_lock<T>(&self, decide: impl FnOnce(&mut Machine) -> T) -> T {
        let (decision, next) = self.decide(decide);
        drop(next);
        decision
    }

    /// The same, for a caller who calls them.
    #[inline]
    pub(super) fn decide<T>(&self, decide: impl FnOnce(&mut Machine) -> T) -> (T, Wakers) {
        let mut next = Wakers::new();
        // Nothing panics with the lock held, so that what a poisoned one protects is whole nevertheless.
        let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        self.hand_over(&mut machine.queue, &mut next);
        let decision = decide(&mut machine);
        self.hand_over(&mut machine.queue, &mut next);
        drop(machine);
        (decision, next)
    }

    /// Counts those who are next as inside, for as long as there is room; who is no longer in the queue has a slot.
    fn hand_over(&self, queue: &mut Queue<Waker>, next: &mut Wakers) {
        while !queue.is_empty() && self.add_one(Word::has_room) {
            next.extend(queue.pop());
        }
        if queue.is_empty() && self.word().waits() {
            self.word.fetch_and(!WAITS, Ordering::Relaxed);
        }
    }

    /// The refusal of one that is full, and has no queue; nothing, where there is more to ask.
    pub(crate) fn try_refuse(&self) -> Option<Rejected> {
        let has_queue = self.capacity.load(Ordering::Relaxed) > 0;
        (!has_queue && !self.word().has_room()).then(|| self.reject(Duration::ZERO))
    }

    /// Counts and tells a refusal.
    #[cold]
    pub(super) fn reject(&self, waited: Duration) -> Rejected {
        self.rejections.add_one();
        tell(&Event::BulkheadRejected { bulkhead: self.name, waited });
        Rejected::bulkhead_full(self.name, waited)
    }

    /// How many calls hold a slot.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.word().in_flight()
    }

    /// How many calls may run at once; an adaptive bulkhead's changes.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.word().limit()
    }

    /// How many calls wait for a slot.
    ///
    /// Takes the lock while somebody waits: for dashboards and tests, not for every call.
    #[must_use]
    pub fn queued(&self) -> u32 {
        self.snapshot().queued
    }

    /// How many calls it has refused, ever.
    #[cfg(feature = "otel")]
    pub(crate) fn rejections(&self) -> u64 {
        self.rejections.ever()
    }

    /// How it is doing.
    ///
    /// Takes the lock: for dashboards and tests, not for every call.
    #[must_use]
    pub fn snapshot(&self) -> BulkheadSnapshot {
        self.with_lock(|machine| {
            let word = self.word();
            BulkheadSnapshot {
                limit: word.limit(),
                in_flight: word.in_flight(),
                queued: u32::try_from(machine.queue.len()).unwrap_or(u32::MAX),
                rejections: self.rejections.get(),
            }
        })
    }

    pub(super) fn settings(&self) -> Settings {
        let queue = self.capacity.load(Ordering::Relaxed);
        let machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        Settings {
            max: self.limit(),
            queue: u32::try_from(queue).unwrap_or(u32::MAX),
            wait: machine.wait,
            adaptive: machine.controller.as_ref().map(Controller::bounds),
        }
    }
}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word();
        f.debug_struct("Bulkhead")
            .field("name", &self.name)
            .field("in_flight", &word.in_flight())
            .field("limit", &word.limit())
            .finish_non_exhaustive()
    }
}
