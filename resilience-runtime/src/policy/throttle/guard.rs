//! The handle: counts calls, takes the lock where something may be shed, and tells after the lock is released.

use core::fmt;

use super::admission::Admission;
use super::config::{Settings, ThrottleConfig};
use super::snapshot::ThrottleSnapshot;
use super::state::Machine;
use crate::counting::ledger::Ledger;
use crate::event::{Event, tell};
use crate::outcome::Rejected;
use crate::policy::ruling::InvalidConfig;
use crate::rng::Rng;
use crate::sync::const_but_for_loom;
use crate::time::Tick;

/// An adaptive throttle: sheds about as many calls as would be refused anyway.
///
/// One is shared by all calls to one dependency: a `static`, or by name through the attribute. All methods take
/// `&self`, may be called from any thread, and wait for nothing but a short lock.
///
/// ```
/// use resilience_runtime::{RejectedKind, Throttle, ThrottleConfig};
///
/// static DB: Throttle = Throttle::new("db", ThrottleConfig::new());
///
/// // A dependency that accepts nothing: more and more calls are refused without asking it.
/// let rejected = loop {
///     match DB.try_admit() {
///         Ok(admission) => drop(admission),
///         Err(rejected) => break rejected,
///     }
/// };
/// assert_eq!(rejected.kind(), RejectedKind::Throttled);
/// assert!(DB.snapshot().probability > 0.5);
/// ```
pub struct Throttle {
    name: &'static str,
    ledger: Ledger<Machine>,
}

impl Throttle {
    const_but_for_loom! {
        /// A throttle that has seen no call.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error
        /// of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: ThrottleConfig) -> Self {
            config.ruling().hold();
            Self::with_settings(name, config.settings())
        }
    }

    const_but_for_loom! {
        pub(super) const fn with_settings(name: &'static str, settings: Settings) -> Self {
            Self { name, ledger: Ledger::new(Machine::new(settings)) }
        }
    }

    /// The name given to it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Asks to make a call, and counts it, whatever the answer.
    ///
    /// That the dependency accepted the call is told to the admission; dropped without, it counts as not accepted.
    ///
    /// # Errors
    ///
    /// [`Rejected`], for the share of calls that is shed now. It knows no time after which to try again: to try again
    /// would be the load that is shed.
    pub fn try_admit(&self) -> Result<Admission<'_>, Rejected> {
        if self.ledger.count() { Ok(Admission::new(self)) } else { self.try_admit_locked() }
    }

    /// Where the call may be refused, or turns the window. Out of line, to leave little where calls are made.
    #[cold]
    fn try_admit_locked(&self) -> Result<Admission<'_>, Rejected> {
        let now = Tick::now();
        let throw = || Rng::of_thread().fraction();
        match self.ledger.with_lock(|machine| machine.admit(now, throw)) {
            Ok(()) => Ok(Admission::new(self)),
            Err(probability) => {
                tell(&Event::Throttled { throttle: self.name, probability });
                Err(Rejected::throttled(self.name))
            }
        }
    }

    #[cold]
    pub(super) fn fail(&self) {
        let now = Tick::now();
        self.ledger.with_lock(|machine| machine.fail(now));
    }

    #[cold]
    pub(super) fn ignore(&self) {
        let now = Tick::now();
        self.ledger.with_lock(|machine| machine.ignore(now));
    }

    /// How many calls it has refused, ever.
    #[cfg(feature = "otel")]
    pub(crate) fn rejections(&self) -> u64 {
        self.ledger.read(Machine::rejections)
    }

    /// How it is doing.
    ///
    /// Takes the lock: for dashboards and tests, not for every call.
    #[must_use]
    pub fn snapshot(&self) -> ThrottleSnapshot {
        let now = Tick::now();
        self.ledger.with_lock(|machine| machine.snapshot(now))
    }

    /// Goes on with another configuration.
    ///
    /// The calls counted so far are kept unless `window` changes.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the throttle goes on as before.
    pub fn reconfigure(&self, config: ThrottleConfig) -> Result<(), InvalidConfig> {
        config.ruling().check()?;
        self.ledger.with_lock(|machine| machine.reconfigure(config.settings()));
        Ok(())
    }

    /// Counts calls and refusals from zero, so that it sheds none; the configuration stays.
    ///
    /// A call that was admitted before and fails after it is counted as one that failed: which of them began when is not
    /// kept.
    ///
    /// ```
    /// use resilience_runtime::{Throttle, ThrottleConfig};
    ///
    /// static DB: Throttle = Throttle::new("db", ThrottleConfig::new());
    ///
    /// while let Ok(admission) = DB.try_admit() {
    ///     drop(admission);
    /// }
    /// DB.reset();
    /// assert!(DB.try_admit().is_ok());
    /// ```
    pub fn reset(&self) {
        self.ledger.with_lock(Machine::reset);
    }

    pub(super) fn settings(&self) -> Settings {
        self.ledger.read(Machine::settings)
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").field("name", &self.name).finish_non_exhaustive()
    }
}
