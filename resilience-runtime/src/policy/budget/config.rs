//! What a budget is told: the builder a user writes, and the settings it comes to.

use core::time::Duration;

use super::check;
use crate::policy::ruling::Ruling;
use crate::policy::setting::Setting;

/// How many retries a [`RetryBudget`](super::RetryBudget) allows.
///
/// A `const` builder: [`new`](Self::new) has the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `ratio` | 0.2 |
/// | `floor` | 3 |
/// | `window` | 10 s |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use resilience_runtime::{BudgetConfig, RetryBudget};
///
/// static DB: RetryBudget = RetryBudget::new("db", BudgetConfig::new().ratio(0.1));
/// assert!(DB.withdraw().is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct BudgetConfig {
    pub(super) ratio: f64,
    pub(super) floor: u32,
    pub(super) window: Duration,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl BudgetConfig {
    /// The defaults of the table above.
    pub const fn new() -> Self {
        Self {
            ratio: 0.2,
            floor: 3,
            // Several times the usual wait before a retry, so that a call is still counted when it asks for one; and short
            // enough that the calls of quieter times are forgotten soon after an outage begins.
            window: Duration::from_secs(10),
        }
    }

    /// Retries are at most this share of the calls in the window: above 0, at most 1.
    pub const fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    /// This many retries per window are allowed however few calls there are: at least 1.
    ///
    /// Not on top of `ratio`: with enough calls, `ratio` alone decides.
    pub const fn floor(mut self, retries: u32) -> Self {
        self.floor = retries;
        self
    }

    /// What calls and retries are counted over: the last so long.
    ///
    /// Kept in 32 parts, so that its memory does not grow with the calls. Calls may be forgotten up to a 32nd of the
    /// window (and some hundredths of a second) early and retries as late, never the other way: more retries
    /// than configured are not made in any window.
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
    /// Total: what a check refuses is brought to a value that makes sense, so that no configuration stops all
    /// retries for ever.
    pub(super) const fn settings(&self) -> Settings {
        Settings {
            ratio: self.ratio,
            floor: if self.floor == 0 { 1 } else { self.floor },
            window: if self.window.is_zero() { Duration::from_nanos(1) } else { self.window },
        }
    }
}

/// A configuration that makes sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) ratio: f64,
    pub(super) floor: u32,
    pub(super) window: Duration,
}

impl Settings {
    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        vec![
            Setting::share("ratio", self.ratio),
            Setting::count("floor", self.floor),
            Setting::time("window", self.window),
        ]
    }

    /// Whether so many retries are not too many for so many calls.
    pub(super) fn allows(&self, retries: u64, calls: u64) -> bool {
        retries <= u64::from(self.floor) || share(retries, calls) <= self.ratio
    }

    /// The most retries that are allowed for so many calls.
    pub(super) fn allowance(&self, calls: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "exact up to 2^53 calls, and saturating"
        )]
        let near = (self.ratio * calls as f64) as u64;
        // The product may be off by its rounding; the share is what decides.
        let exact = if self.allows(near.saturating_add(1), calls) {
            near.saturating_add(1)
        } else if self.allows(near, calls) {
            near
        } else {
            near.saturating_sub(1)
        };
        exact.max(u64::from(self.floor))
    }
}

/// Correctly rounded, so that 1 of 10 is the 0.1 a user writes.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 calls")]
fn share(retries: u64, calls: u64) -> f64 {
    if calls == 0 { f64::INFINITY } else { retries as f64 / calls as f64 }
}
