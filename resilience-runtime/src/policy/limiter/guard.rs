//! The handle: asks the gate, and where that does not know takes the lock and asks `state`.

use core::fmt;
use core::hash::Hash;
use core::time::Duration;
use std::sync::{OnceLock, PoisonError};

use super::config::{RateLimitConfig, Settings};
use super::gate::Gate;
use super::keys::{Keys, number_of};
use super::lease::Leases;
use super::limits::Limits;
use super::reservation::Reservation;
use super::snapshot::RateLimitSnapshot;
use super::state::Line;
use crate::counting::seat::{seat, take_seat};
use crate::counting::sharded::Rejections;
use crate::event::{Event, tell};
use crate::outcome::Rejected;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, const_but_for_loom};
use crate::telemetry::meter::LimiterMeter;
use crate::time::{Moment, Tick, nanos};

/// A rate limiter: admits so many calls in so long, and has the others wait or refuses them.
///
/// One is shared by all calls that are to be limited together: a `static`, or by name through the attribute. All methods
/// take `&self`, may be called from any thread, and wait for nothing but a short lock.
///
/// Where each user, host or tenant is to have the rate to itself, calls name a key. Calls without a key are limited
/// together, and apart from those with keys.
///
/// ```
/// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
///
/// static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_minute(2)));
///
/// assert!(API.try_acquire().is_ok());
/// assert!(API.try_acquire().is_ok());
/// let rejected = API.try_acquire().expect_err("both are used");
/// assert_eq!(rejected.name(), "api");
/// assert!(rejected.retry_after().is_some());
/// ```
pub struct RateLimiter {
    pub(super) gate: Gate,
    pub(super) leases: Leases,
    name: &'static str,
    pub(super) rejections: Rejections,
    /// That of the settings, in nanoseconds: whoever is refused and may not wait takes no lock.
    pub(super) wait: AtomicU64,
    pub(crate) meter: LimiterMeter,
    machine: Mutex<Machine>,
    /// Made when first needed.
    pub(super) keys: OnceLock<Keys>,
}

/// What is behind the lock.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) config: Option<RateLimitConfig>,
    pub(super) settings: Settings,
    pub(super) line: Line,
}

impl RateLimiter {
    const_but_for_loom! {
        /// A limiter that has admitted no call yet.
        ///
        /// # Panics
        ///
        /// When the configuration makes no sense, with a sentence that says what to do; in a `static` that is an error
        /// of the compiler.
        #[must_use]
        #[track_caller]
        pub const fn new(name: &'static str, config: RateLimitConfig) -> Self {
            config.ruling().hold();
            Self::with_settings(name, Some(config), config.settings())
        }
    }

    const_but_for_loom! {
        pub(super) const fn with_settings(
            name: &'static str,
            config: Option<RateLimitConfig>,
            settings: Settings,
        ) -> Self {
            Self {
                gate: Gate::new(),
                leases: Leases::new(settings.lease),
                name,
                rejections: Rejections::new(),
                wait: AtomicU64::new(nanos(settings.wait)),
                meter: LimiterMeter::new(),
                machine: Mutex::new(Machine { config, settings, line: Line::new() }),
                keys: OnceLock::new(),
            }
        }
    }

    /// The name given to it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its configuration; none while it is only named, and admits every call.
    #[must_use]
    pub fn config(&self) -> Option<RateLimitConfig> {
        self.lock().config
    }

    /// How long a call may wait for its turn.
    #[must_use]
    pub(crate) fn max_wait(&self) -> Duration {
        // A wait of a configuration that is just being replaced will do.
        Duration::from_nanos(self.wait.load(Ordering::Relaxed))
    }

    /// A number for a key: a hash whose secret is drawn anew in each process, so that nobody outside can choose keys
    /// that meet. The number of a key is another one in the next process.
    ///
    /// Two keys of one number share their limit. That is so for one pair in 2^64: among ten thousand keys with a
    /// probability of 3 in 10^12, among a million with one of 3 in 10^8.
    #[must_use]
    pub fn key<K: Hash + ?Sized>(key: &K) -> u64 {
        number_of(key)
    }

    /// Admits a call now or not at all.
    ///
    /// A call that is refused does not count, and calls that wait are not overtaken.
    ///
    /// # Errors
    ///
    /// [`Rejected`], with the time after which a call would be admitted if no other came before it.
    #[inline]
    pub fn try_acquire(&self) -> Result<(), Rejected> {
        self.admit(None).map_err(|retry_after| self.reject(retry_after))
    }

    /// Admits a call for `key` now or not at all.
    ///
    /// Each key has the rate, and the burst, to itself. At most `max_keys` of them are remembered. Keys that are as if
    /// they had never been used are forgotten on the way; when there are too many in use, one of those that have not
    /// been used for longest is forgotten, but what it had used up is not: keys that are new, or come back, start with
    /// no more than the most used up of the forgotten ones (of a 32nd of all keys) would have by now. So no key can get
    /// more than its limit by way of being forgotten, memory has a bound, and a key may get less than its burst when
    /// `max_keys` is too small for the keys in use. A key that calls wait for is not forgotten; if all are of that
    /// kind, calls for others are refused.
    ///
    /// ```
    /// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
    ///
    /// static PER_USER: RateLimiter = RateLimiter::new("per-user", RateLimitConfig::new(Rate::per_minute(1)));
    ///
    /// assert!(PER_USER.try_acquire_key(RateLimiter::key("ada")).is_ok());
    /// assert!(PER_USER.try_acquire_key(RateLimiter::key("ada")).is_err());
    /// assert!(PER_USER.try_acquire_key(RateLimiter::key("grace")).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// As [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_key(&self, key: u64) -> Result<(), Rejected> {
        self.admit(Some(key)).map_err(|retry_after| self.reject(retry_after))
    }

    /// Admits a call, or says how long it would have to wait. Tells nobody.
    #[inline]
    pub(crate) fn admit(&self, key: Option<u64>) -> Result<(), Duration> {
        match self.leases.terms() {
            Some(terms) if key.is_none() => {
                if !self.leases.spend(terms, seat()) {
                    return self.admit_by_lease(terms, take_seat(), Tick::now());
                }
                self.meter.admitted();
                Ok(())
            }
            _ => self.admit_at(key, Tick::now()),
        }
    }

    /// Admits a call without a key if that needs no lock, and says when, if it had to know.
    ///
    /// # Errors
    ///
    /// For how long none will be admitted; nothing where the lock knows. Nothing has happened then.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::inline_always, reason = "as a call it costs a third more instructions"),
        inline(always)
    )]
    pub(crate) fn admit_at_once(&self) -> Result<Moment, Option<Duration>> {
        let mut now = Moment::default();
        match self.leases.terms() {
            None => self.gate.admit(now.tick()).ok_or(None)?.map_err(Some)?,
            Some(terms) if self.leases.spend(terms, seat()) || self.leases_at_once(terms) => {}
            Some(_) => return Err(None),
        }
        self.meter.admitted();
        Ok(now)
    }

    /// Admits a call by itself.
    #[inline]
    pub(super) fn admit_at(&self, key: Option<u64>, now: Tick) -> Result<(), Duration> {
        let decision = match key {
            None => self.gate.admit(now),
            Some(_) => None,
        };
        let decision = decision.unwrap_or_else(|| self.admit_locked(key, now));
        if decision.is_ok() {
            self.meter.admitted();
        }
        decision
    }

    /// Out of line, to leave little where calls are made.
    #[inline(never)]
    pub(super) fn admit_locked(&self, key: Option<u64>, now: Tick) -> Result<(), Duration> {
        match key {
            None => self.with_lock(|machine| machine.line.admit(&machine.settings.limits, now)),
            Some(key) => self.keys().with(key, now, |line, limits| line.admit(limits, now)).flatten(),
        }
    }

    /// Admits a call, now or after a wait as long as the configuration allows.
    ///
    /// # Cancel safety
    ///
    /// Dropped while it waits, it leaves the line, and calls behind it move up.
    ///
    /// # Errors
    ///
    /// [`Rejected`], at once, if the wait would be longer than `wait`; see also [`Reservation::wait`].
    ///
    /// # Panics
    ///
    /// When it has to wait outside of a tokio runtime with its time enabled.
    pub async fn acquire(&self) -> Result<(), Rejected> {
        self.acquire_within(None).await
    }

    /// Admits a call for `key`, now or after a wait as long as the configuration allows.
    ///
    /// # Cancel safety
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// As [`acquire`](Self::acquire).
    pub async fn acquire_key(&self, key: u64) -> Result<(), Rejected> {
        self.acquire_within(Some(key)).await
    }

    async fn acquire_within(&self, key: Option<u64>) -> Result<(), Rejected> {
        match self.admit(key) {
            Ok(()) => Ok(()),
            Err(retry_after) if self.max_wait().is_zero() => Err(self.reject(retry_after)),
            Err(_) => self.reserve(key, self.max_wait())?.wait().await,
        }
    }

    /// A place in the line, if its turn comes within `max_wait` (whatever `wait` says).
    ///
    /// # Errors
    ///
    /// [`Rejected`], at once, if the wait would be longer; nothing is used up then.
    pub fn reserve(&self, key: Option<u64>, max_wait: Duration) -> Result<Reservation<'_>, Rejected> {
        let now = Tick::now();
        let ticket = match key {
            None => self.with_lock(|machine| machine.line.join(&machine.settings.limits, now, max_wait)),
            Some(key) => {
                self.keys().with(key, now, |line, limits| line.join(limits, now, max_wait)).flatten()
            }
        };
        match ticket {
            Ok(ticket) => Ok(Reservation::new(self, key, ticket, now.after(max_wait))),
            Err(wait) => Err(self.reject(wait)),
        }
    }

    /// Runs `act` on the line that a reservation stands in.
    pub(super) fn in_line<T>(
        &self,
        key: Option<u64>,
        act: impl FnOnce(&mut Line, &Limits) -> T,
    ) -> Option<T> {
        match key {
            None => Some(self.with_lock(|machine| act(&mut machine.line, &machine.settings.limits))),
            Some(key) => self.keys().with_known(key, act),
        }
    }

    #[cold]
    pub(crate) fn reject(&self, retry_after: Duration) -> Rejected {
        self.rejections.add_one();
        tell(&Event::RateLimitRejected { limiter: self.name, retry_after });
        Rejected::rate_limited(self.name, retry_after)
    }

    /// How many calls it has refused, ever.
    #[cfg(feature = "otel")]
    pub(crate) fn rejections(&self) -> u64 {
        self.rejections.ever()
    }

    /// How it is doing.
    ///
    /// Takes the locks: for dashboards and tests, not for every call.
    #[must_use]
    pub fn snapshot(&self) -> RateLimitSnapshot {
        let now = Tick::now();
        let (keys, waiting) = self.keys.get().map_or((0, 0), |keys| (keys.len(), keys.waiting()));
        self.with_lock(|machine| {
            let limits = &machine.settings.limits;
            let retry_after = machine.line.next_wait(limits, now);
            RateLimitSnapshot {
                available: machine.line.available(limits),
                leased: self.leases.held(),
                retry_after,
                waiting: (machine.line.waiting() + waiting) as u64,
                rejections: self.rejections.get(),
                keys: u32::try_from(keys).unwrap_or(u32::MAX),
            }
        })
    }

    fn keys(&self) -> &Keys {
        self.keys.get().unwrap_or_else(|| {
            // With the lock held, so that no configuration comes between the two.
            let machine = self.lock();
            self.keys.get_or_init(|| Keys::new(&machine.settings))
        })
    }

    /// Runs `act` with the lock held and the gate closed, and publishes what came of it.
    pub(super) fn with_lock<T>(&self, act: impl FnOnce(&mut Machine) -> T) -> T {
        let mut machine = self.lock();
        machine.line.meter.full_at = self.gate.close();
        let result = act(&mut machine);
        self.gate.publish(&machine.line, &machine.settings.limits);
        result
    }

    /// Nothing panics with the lock held, so that what a poisoned one protects is whole nevertheless.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter")
            .field("name", &self.name)
            .field("config", &self.config())
            .finish_non_exhaustive()
    }
}
