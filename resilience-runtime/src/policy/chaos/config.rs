//! What a chaos is told: the builder a user writes, and the settings it comes to.

use core::time::Duration;

use super::check;
use crate::policy::ruling::Ruling;
use crate::policy::setting::{Setting, SettingValue};

/// Which faults a [`Chaos`](super::Chaos) injects, and how often.
///
/// A `const` builder: [`new`](Self::new) has the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `latency` | 0 s |
/// | `latency_rate`, `error_rate`, `panic_rate` | 0 |
/// | `seed` | none: other faults each time |
/// | `enabled` | true |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use resilience_runtime::chaos::{Chaos, ChaosConfig};
///
/// static DB: Chaos = Chaos::new("db", ChaosConfig::new().error_rate(0.05).seed(7).enabled(false));
/// assert!(!DB.is_enabled());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct ChaosConfig {
    pub(super) latency: Duration,
    pub(super) latency_rate: f64,
    pub(super) error_rate: f64,
    pub(super) panic_rate: f64,
    pub(super) seed: Option<u64>,
    pub(super) enabled: bool,
}

impl Default for ChaosConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl ChaosConfig {
    /// No fault at all.
    pub const fn new() -> Self {
        Self {
            latency: Duration::ZERO,
            latency_rate: 0.0,
            error_rate: 0.0,
            panic_rate: 0.0,
            seed: None,
            enabled: true,
        }
    }

    /// How long an attempt that is made slow waits in front of its body.
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The share of attempts that are made slow, from 0 to 1.
    pub const fn latency_rate(mut self, rate: f64) -> Self {
        self.latency_rate = rate;
        self
    }

    /// The share of attempts that end with an error in the place of the body, from 0 to 1. Which error is for the
    /// annotated function to say.
    pub const fn error_rate(mut self, rate: f64) -> Self {
        self.error_rate = rate;
        self
    }

    /// The share of attempts that end with a panic in the place of the body, from 0 to 1.
    pub const fn panic_rate(mut self, rate: f64) -> Self {
        self.panic_rate = rate;
        self
    }

    /// Makes the faults repeatable: those of the n-th attempt follow from `seed` and n.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Whether faults are injected from the beginning on.
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// What is to be said of the first thing that makes no sense.
    pub(crate) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// What the configuration comes to.
    ///
    /// Total: a rate that makes no sense, which a check refuses, is none.
    pub(super) const fn settings(&self) -> Settings {
        const fn share(rate: f64) -> f64 {
            if rate >= 0.0 && rate <= 1.0 { rate } else { 0.0 }
        }
        Settings {
            latency: self.latency,
            latency_rate: share(self.latency_rate),
            error_rate: share(self.error_rate),
            panic_rate: share(self.panic_rate),
            seed: self.seed,
        }
    }

    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        self.settings().described(self.enabled)
    }
}

/// A configuration that makes sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) latency: Duration,
    pub(super) latency_rate: f64,
    pub(super) error_rate: f64,
    pub(super) panic_rate: f64,
    pub(super) seed: Option<u64>,
}

impl Settings {
    /// Whether there is a fault to inject.
    pub(super) fn injects(&self) -> bool {
        self.latency_rate > 0.0 || self.error_rate > 0.0 || self.panic_rate > 0.0
    }

    /// As the attribute's settings: of faults, those that there are.
    pub(super) fn described(&self, is_enabled: bool) -> Vec<Setting> {
        let mut described = Vec::new();
        if self.latency_rate > 0.0 {
            described.push(Setting::time("latency", self.latency));
        }
        let rates = [
            ("latency_rate", self.latency_rate),
            ("error_rate", self.error_rate),
            ("panic_rate", self.panic_rate),
        ];
        let rates = rates.into_iter().filter(|(_, rate)| *rate > 0.0);
        described.extend(rates.map(|(name, rate)| Setting::share(name, rate)));
        described.extend(self.seed.map(|seed| Setting::new("seed", SettingValue::Seed(seed))));
        described
            .push(Setting::new("enabled", SettingValue::Word(if is_enabled { "true" } else { "false" })));
        described
    }
}
