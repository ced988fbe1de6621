//! What operators and tests do with a rate limiter.

use super::config::{RateLimitConfig, Settings};
use super::guard::RateLimiter;
use crate::policy::ruling::InvalidConfig;
use crate::sync::Ordering;
use crate::time::{Tick, nanos};
use crate::wakers::Wakers;

impl RateLimiter {
    /// Goes on with another configuration, at once.
    ///
    /// What was admitted is kept: a bucket lacks as many tokens as before, and no more than its burst; a window keeps the
    /// calls in it. Calls that wait keep their order and get the times of the new rate; one whose time has become too
    /// late for it is refused. Where the algorithm changes, the calls that count are taken to have come just now.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the limiter goes on as before.
    pub fn reconfigure(&self, config: RateLimitConfig) -> Result<(), InvalidConfig> {
        drop(self.change(Some(config))?);
        Ok(())
    }

    /// The same, or without any limit; those whose turn has changed by it are still to be woken.
    pub(crate) fn change(&self, config: Option<RateLimitConfig>) -> Result<Wakers, InvalidConfig> {
        if let Some(config) = &config {
            config.ruling().check()?;
        }
        Ok(self.apply(config))
    }

    fn apply(&self, config: Option<RateLimitConfig>) -> Wakers {
        let (now, settings) = (Tick::now(), config.map_or(Settings::NONE, |config| config.settings()));
        self.with_lock(|machine| {
            let old = core::mem::replace(&mut machine.settings, settings);
            self.wait.store(nanos(settings.wait), Ordering::Relaxed);
            machine.config = config;
            if (old.limits, old.lease) != (settings.limits, settings.lease) {
                self.leases.begin(settings.lease);
            }
            let mut wakers = machine.line.convert(&old.limits, &settings.limits, now);
            if let Some(keys) = self.keys.get() {
                wakers.extend(keys.convert(&settings, now));
            }
            wakers
        })
    }

    /// Forgets every call and every key, and counts refusals from zero; the configuration stays.
    ///
    /// A bucket is full, a window empty. Calls that wait keep their order, and those of them that this makes room for
    /// start at once.
    ///
    /// ```
    /// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
    ///
    /// static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_hour(1)));
    ///
    /// assert!(API.try_acquire().is_ok());
    /// assert!(API.try_acquire().is_err());
    /// API.reset();
    /// assert!(API.try_acquire().is_ok());
    /// ```
    pub fn reset(&self) {
        let now = Tick::now();
        let wakers = self.with_lock(|machine| {
            self.rejections.reset();
            self.leases.begin(machine.settings.lease);
            let mut wakers = machine.line.reset(&machine.settings.limits, now);
            if let Some(keys) = self.keys.get() {
                wakers.extend(keys.reset(now));
            }
            wakers
        });
        // Here they are woken.
        drop(wakers);
    }
}
