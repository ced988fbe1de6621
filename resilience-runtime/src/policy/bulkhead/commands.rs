//! What operators and tests do with a bulkhead.

use super::adaptive::Controller;
use super::config::{BulkheadConfig, Settings};
use super::guard::Bulkhead;
use crate::policy::ruling::InvalidConfig;
use crate::sync::Ordering;
use crate::time::Tick;
use crate::wakers::Wakers;

impl Bulkhead {
    /// Goes on with another configuration.
    ///
    /// A higher limit lets calls in at once, a lower one takes effect as calls leave. Those who wait keep their
    /// places and their `wait`. An adaptive bulkhead goes on from the limit it has found, within the new bounds, as
    /// long as its rule is the same.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the bulkhead goes on as before.
    pub fn reconfigure(&self, config: BulkheadConfig) -> Result<(), InvalidConfig> {
        drop(self.change(config)?);
        Ok(())
    }

    /// The same; those who have got a slot by it are still to be woken.
    pub(crate) fn change(&self, config: BulkheadConfig) -> Result<Wakers, InvalidConfig> {
        config.ruling().check()?;
        Ok(self.apply(config.settings()))
    }

    /// Has an adaptive bulkhead find its limit anew, from the one that it is configured to begin with, and counts refusals
    /// from zero; the configuration stays.
    ///
    /// Calls that hold a slot keep it, and those who wait keep their places. It learns from calls that begin from now on.
    ///
    /// ```
    /// use resilience_runtime::{Bulkhead, BulkheadConfig};
    ///
    /// static DB: Bulkhead = Bulkhead::new("db", BulkheadConfig::new(1));
    ///
    /// let slot = DB.try_enter().expect("free");
    /// assert!(DB.try_enter().is_err());
    /// DB.reset();
    /// assert_eq!((DB.in_flight(), DB.snapshot().rejections), (1, 0));
    /// # drop(slot);
    /// ```
    pub fn reset(&self) {
        let now = Tick::now();
        self.with_lock(|machine| {
            self.rejections.reset();
            if let Some(controller) = &mut machine.controller {
                controller.reset(now);
                self.set_limit(controller.limit(), true);
            }
        });
    }

    fn apply(&self, settings: Settings) -> Wakers {
        let ((), next) = self.decide(|machine| {
            machine.wait = settings.wait;
            self.capacity.store(u64::from(settings.queue), Ordering::Relaxed);
            match (settings.adaptive, &mut machine.controller) {
                (Some(bounds), Some(controller)) if controller.rule() == bounds.rule => {
                    controller.set_bounds(bounds, settings.max);
                }
                (adaptive, controller) => {
                    *controller = adaptive.map(|bounds| Controller::new(bounds, settings.max));
                }
            }
            let limit = machine.controller.as_ref().map_or(settings.max, Controller::limit);
            self.set_limit(limit, machine.controller.is_some());
        });
        next
    }
}
