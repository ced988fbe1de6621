//! What a throttle is told: the builder a user writes, and the settings it comes to.

use core::time::Duration;

use super::check;
use crate::policy::ruling::Ruling;
use crate::policy::setting::{Setting, SettingValue};

/// When a [`Throttle`](super::Throttle) sheds calls.
///
/// A `const` builder: [`new`](Self::new) has the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `k` | 2.0 |
/// | `window` | 2 min |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use resilience_runtime::{Throttle, ThrottleConfig};
///
/// static DB: Throttle = Throttle::new("db", ThrottleConfig::new().k(1.5));
/// DB.try_admit().expect("nothing has failed").accept();
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct ThrottleConfig {
    pub(super) k: f64,
    pub(super) window: Duration,
}

impl Default for ThrottleConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl ThrottleConfig {
    /// The defaults of the table above.
    pub const fn new() -> Self {
        // Both as in the book: one call that is refused for each that is accepted costs the dependency little, and
        // tells soon when it accepts more.
        Self { k: 2.0, window: Duration::from_secs(120) }
    }

    /// Lets through this many calls for each that is accepted: at least 1, which sheds at the first failure. The
    /// larger, the later it sheds and the sooner it stops.
    pub const fn k(mut self, k: f64) -> Self {
        self.k = k;
        self
    }

    /// What calls are counted over: the last so long.
    ///
    /// Kept in 32 parts, so that its memory does not grow with the calls. A call is never counted once it is as old
    /// as the window, and may be forgotten up to a 32nd of the window (and some hundredths of a second) before that.
    pub const fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// What is to be said of the first thing that makes no sense.
    pub(crate) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// What the configuration comes to.
    ///
    /// Total: what a check refuses is brought to the nearest value that makes sense, so that no configuration sheds
    /// calls to a dependency that is well.
    pub(super) const fn settings(&self) -> Settings {
        Settings {
            k: if self.k >= 1.0 { self.k } else { 1.0 },
            window: if self.window.is_zero() { Duration::from_nanos(1) } else { self.window },
        }
    }
}

/// A configuration that makes sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    /// At least 1: a call that is accepted never makes it shed more.
    pub(super) k: f64,
    pub(super) window: Duration,
}

impl Settings {
    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        vec![Setting::new("k", SettingValue::Factor(self.k)), Setting::time("window", self.window)]
    }

    /// The share of calls to refuse after so many requests, of which so many were accepted.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 calls")]
    pub(super) fn probability(&self, requests: u64, accepts: u64) -> f64 {
        let (requests, accepts) = (requests as f64, accepts as f64);
        ((requests - self.k * accepts) / (requests + 1.0)).max(0.0)
    }
}
