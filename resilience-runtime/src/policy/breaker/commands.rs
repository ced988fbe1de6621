//! What operators do with a breaker.

use core::time::Duration;

use super::Mode;
use super::config::BreakerConfig;
use super::guard::Breaker;
use crate::policy::ruling::InvalidConfig;
use crate::time::Tick;

impl Breaker {
    /// Opens it now, for as long as a failing dependency would; an open one starts its period anew.
    pub fn trip(&self) {
        self.open(None);
    }

    /// Opens it now for `period`; an open one is open for `period` from now.
    pub fn open_for(&self, period: Duration) {
        self.open(Some(period));
    }

    fn open(&self, period: Option<Duration>) {
        let now = Tick::now();
        let change = self.with_lock(|machine| machine.trip(now, period));
        self.announce(change);
    }

    /// Closes it, ends every other command, and counts everything from zero.
    pub fn reset(&self) {
        let change = self.with_lock(|machine| {
            self.rejections.reset();
            machine.reset()
        });
        self.announce(change);
    }

    /// Refuses every call until another command; time does not end it.
    pub fn isolate(&self) {
        self.set_mode(Mode::Isolated);
    }

    /// Lets every call through and counts none, until another command.
    pub fn disable(&self) {
        self.set_mode(Mode::Disabled);
    }

    /// Lets every call through, counts them, and tells (once each time) when it would have opened.
    pub fn observe_only(&self) {
        self.set_mode(Mode::ObserveOnly);
    }

    fn set_mode(&self, mode: Mode) {
        let change = self.with_lock(|machine| machine.set_mode(mode));
        self.announce(change);
    }

    /// Goes on with another configuration.
    ///
    /// State, mode and the remaining open time are kept. The calls counted so far are kept unless `window` changes; a
    /// half-open breaker starts its probes anew.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`], when the configuration makes no sense; the breaker goes on as before.
    pub fn reconfigure(&self, config: BreakerConfig) -> Result<(), InvalidConfig> {
        config.ruling().check()?;
        self.apply(config.settings());
        Ok(())
    }
}
