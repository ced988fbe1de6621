//! The handle: counts calls, takes the lock for retries, and tells after the lock is released.

use core::fmt;

use super::config::{BudgetConfig, Settings};
use super::snapshot::BudgetSnapshot;
use super::state::{Entry, Machine};
use super::withdrawal::Withdrawal;
use crate::counting::ledger::Ledger;
use crate::event::{Event, tell};
use crate::policy::ruling::InvalidConfig;
use crate::sync::const_but_for_loom;
use crate::time::Tick;

/// A retry budget: retries are at most a share of the calls.
///
/// One is shared by all calls to one dependency: a `static`, or by name through the attribute. All methods take
/// `&self`, may be called from any thread, and wait for nothing but a short lock.
///
/// ```
/// use resilience_runtime::{BudgetConfig, RetryBudget};
///
/// static DB: RetryBudget = RetryBudget::new("db", BudgetConfig::new().ratio(0.2).floor(1));
///
/// async fn load() -> Result<u32, std::io::Error> {
/// #   async fn try_once() -> Result<u32, std::io::Error> { Err(std::io::ErrorKind::ConnectionReset.into()) }
///     DB.deposit();
///     loop {
///         match try_once().await {
///             Ok(answer) => return Ok(answer),
///             Err(error) => match DB.withdraw() {
///                 Some(withdrawal) => withdrawal.spend(),
///                 None => return Err(error),
///             },
///         }
///     }
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert!(runtime.block_on(load()).is_err());
/// # assert_eq!(DB.snapshot().retries, 1);
/// ```
pub struct RetryBudget {
    name: &'static str,
    ledger: Ledger<Machine>,
}

impl RetryBudget {
    const_but_for_loom! {
        /// A budget with no call and no retry made.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error
        /// of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: BudgetConfig) -> Self {
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

    /// Counts a call: once, before its first attempt.
    pub fn deposit(&self) {
        if !self.ledger.count() {
            self.deposit_locked();
        }
    }

    /// Takes turns in the window; out of line, to leave little where calls are counted.
    #[cold]
    fn deposit_locked(&self) {
        let now = Tick::now();
        self.ledger.with_lock(|machine| machine.deposit(now));
    }

    /// Asks to make a retry, or a hedge; `None` while the budget is spent.
    ///
    /// It is counted from now on, so that calls which wait for their delays together do not all count on the same
    /// place. One that is not made in the end is given back by dropping the withdrawal.
    pub fn withdraw(&self) -> Option<Withdrawal<'_>> {
        let now = Tick::now();
        let entry = self.ledger.with_lock(|machine| machine.withdraw(now));
        let withdrawal = entry.map(|entry| Withdrawal::new(self, entry));
        if withdrawal.is_none() {
            tell(&Event::BudgetExhausted { budget: self.name });
        }
        withdrawal
    }

    pub(super) fn give_back(&self, entry: Entry) {
        self.ledger.with_lock(|machine| machine.give_back(entry));
    }

    /// How it is doing.
    ///
    /// Takes the lock: for dashboards and tests, not for every call.
    #[must_use]
    pub fn snapshot(&self) -> BudgetSnapshot {
        let now = Tick::now();
        self.ledger.with_lock(|machine| machine.snapshot(now))
    }

    /// Goes on with another configuration.
    ///
    /// The calls and retries counted so far are kept unless `window` changes.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the budget goes on as before.
    pub fn reconfigure(&self, config: BudgetConfig) -> Result<(), InvalidConfig> {
        config.ruling().check()?;
        self.ledger.with_lock(|machine| machine.reconfigure(config.settings()));
        Ok(())
    }

    /// Counts calls, retries and refusals from zero; the configuration stays.
    ///
    /// A withdrawal from before may be spent or dropped, and changes nothing then.
    ///
    /// ```
    /// use resilience_runtime::{BudgetConfig, RetryBudget};
    ///
    /// static DB: RetryBudget = RetryBudget::new("db", BudgetConfig::new().floor(1));
    ///
    /// DB.withdraw().expect("the first").spend();
    /// assert!(DB.withdraw().is_none());
    /// DB.reset();
    /// assert!(DB.withdraw().is_some());
    /// ```
    pub fn reset(&self) {
        self.ledger.with_lock(Machine::reset);
    }

    pub(super) fn settings(&self) -> Settings {
        self.ledger.read(Machine::settings)
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget").field("name", &self.name).finish_non_exhaustive()
    }
}
