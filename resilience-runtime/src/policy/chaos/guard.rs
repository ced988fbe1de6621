//! The handle: a flag in front of a lock.

use core::fmt;
use core::time::Duration;
use std::sync::PoisonError;

use super::check;
use super::config::{ChaosConfig, Settings};
use super::snapshot::ChaosSnapshot;
use super::state::{Machine, Plan};
use crate::event::Fault;
use crate::policy::ruling::InvalidConfig;
use crate::rng::Rng;
use crate::sync::{AtomicBool, Mutex, MutexGuard, Ordering, const_but_for_loom};

/// A source of faults for annotated functions, which can be switched while the program runs.
///
/// One belongs to a function, or is shared by all functions that name it: [`named`](Self::named) finds both, the former
/// by the function's operation. It may also be a `static`. All methods take `&self`, may be called from any thread, and
/// wait for nothing but a short lock; what is changed holds for the attempts that begin from then on.
///
/// ```
/// use resilience_runtime::chaos::{Chaos, ChaosConfig};
///
/// static DB: Chaos = Chaos::new("db", ChaosConfig::new().error_rate(0.5));
///
/// DB.disable();
/// DB.set_error_rate(0.1).expect("a share");
/// DB.enable();
/// assert_eq!(DB.snapshot().errors, 0);
/// ```
pub struct Chaos {
    name: &'static str,
    /// Read without the lock: relaxed, since nothing else is read because of it that the lock does not order.
    is_enabled: AtomicBool,
    machine: Mutex<Machine>,
}

impl Chaos {
    const_but_for_loom! {
        /// One that has injected nothing.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error
        /// of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: ChaosConfig) -> Self {
            config.ruling().hold();
            Self::with(name, config)
        }
    }

    const_but_for_loom! {
        pub(super) const fn with(name: &'static str, config: ChaosConfig) -> Self {
            Self {
                name,
                is_enabled: AtomicBool::new(config.enabled),
                machine: Mutex::new(Machine::new(config.settings())),
            }
        }
    }

    /// The name given to it; the operation, of one that a function has to itself.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Injects faults from now on.
    pub fn enable(&self) {
        self.is_enabled.store(true, Ordering::Relaxed);
    }

    /// Injects no more faults: the functions run as if there were no `chaos` at them. A latency that has begun goes on to
    /// its end.
    pub fn disable(&self) {
        self.is_enabled.store(false, Ordering::Relaxed);
    }

    /// Whether faults are injected.
    #[inline]
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.is_enabled.load(Ordering::Relaxed)
    }

    /// Makes an attempt wait for so long, for the share that [`set_latency_rate`](Self::set_latency_rate) says.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when it is zero; nothing is changed then.
    pub fn set_latency(&self, latency: Duration) -> Result<(), InvalidConfig> {
        check::chaos_latency(latency).check()?;
        self.change(|settings| settings.latency = latency);
        Ok(())
    }

    /// The share of attempts that are made slow, from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when it is not between 0 and 1; nothing is changed then.
    pub fn set_latency_rate(&self, rate: f64) -> Result<(), InvalidConfig> {
        check::chaos_rate(rate).check()?;
        self.change(|settings| settings.latency_rate = rate);
        Ok(())
    }

    /// The share of attempts that end with an error, from 0 to 1. Where it comes to more than 1 together with the
    /// share of panics, there are fewer errors.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when it is not between 0 and 1; nothing is changed then.
    pub fn set_error_rate(&self, rate: f64) -> Result<(), InvalidConfig> {
        check::chaos_rate(rate).check()?;
        self.change(|settings| settings.error_rate = rate);
        Ok(())
    }

    /// The share of attempts that end with a panic, from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when it is not between 0 and 1; nothing is changed then.
    pub fn set_panic_rate(&self, rate: f64) -> Result<(), InvalidConfig> {
        check::chaos_rate(rate).check()?;
        self.change(|settings| settings.panic_rate = rate);
        Ok(())
    }

    /// Goes on with another configuration, enabled or not as it says. Another seed begins with its first fault; counts
    /// of faults are kept.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the chaos goes on as before.
    pub fn reconfigure(&self, config: ChaosConfig) -> Result<(), InvalidConfig> {
        config.ruling().check()?;
        self.lock().reconfigure(config.settings());
        self.is_enabled.store(config.enabled, Ordering::Relaxed);
        Ok(())
    }

    /// Begins with the first fault of its seed again, and counts from zero. Whether it is enabled, and what was set, stays.
    pub fn reset(&self) {
        self.lock().reset();
    }

    /// What it has done.
    #[must_use]
    pub fn snapshot(&self) -> ChaosSnapshot {
        self.lock().snapshot(self.is_enabled())
    }

    /// What is to happen to the next attempt.
    pub(super) fn plan(&self, has_error: bool) -> Plan {
        if !self.is_enabled() {
            return Plan::default();
        }
        self.lock().plan(has_error, || Rng::of_thread().fraction())
    }

    pub(super) fn count(&self, fault: Fault) {
        self.lock().count(fault);
    }

    pub(super) fn settings(&self) -> Settings {
        self.lock().settings()
    }

    /// Whether it injects anything now.
    pub(super) fn is_active(&self) -> bool {
        self.is_enabled() && self.settings().injects()
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut machine = self.lock();
        let mut settings = machine.settings();
        change(&mut settings);
        machine.reconfigure(settings);
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        // Nothing panics while it is held.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chaos")
            .field("name", &self.name)
            .field("is_enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}
