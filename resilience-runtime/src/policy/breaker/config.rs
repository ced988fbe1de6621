//! What a breaker is told: the builder a user writes, and the settings it comes to.

use core::time::Duration;

use super::check;
use crate::policy::ruling::Ruling;
use crate::policy::setting::{Setting, SettingValue};

/// What the rates of a breaker are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// The last so many calls.
    Calls(u32),
    /// The calls of the last so long.
    ///
    /// Kept in 32 parts, so that its memory does not grow with the calls. A call is never counted once it is as old
    /// as the window, and may be dropped up to a 32nd of the window (and some hundredths of a second) before that,
    /// together with the first call of its part.
    Time(Duration),
}

/// When a [`Breaker`](super::Breaker) opens, for how long, and what it takes to close again.
///
/// A `const` builder: [`new`](Self::new) has the defaults, and each method changes one setting. A breaker opens
/// by any of its rules: `failure_rate`, `failures`, `consecutive` and `slow_rate`. Where none is named, the rule is
/// a failure rate of 50 %.
///
/// | setting | default |
/// |---|---|
/// | `failure_rate` | 0.5 when no rule is named |
/// | `failures`, `consecutive`, `slow_rate` | none |
/// | `slow_call` | 2 s |
/// | `window` | 60 s |
/// | `min_calls` | 10, or the window where it counts fewer calls |
/// | `open_for` | 30 s |
/// | `open_growth` up to `open_max` | 1.0 up to 5 min, or `open_for` where that is longer |
/// | `probes` | 5 |
/// | `successes` | 3, or `probes` where that is less |
/// | `probe_timeout` | 30 s |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::{Breaker, BreakerConfig, Window};
///
/// static DB: Breaker = Breaker::new(
///     "db",
///     BreakerConfig::new().failure_rate(0.25).window(Window::Calls(100)).open_for(Duration::from_secs(10)),
/// );
/// assert!(DB.try_acquire().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct BreakerConfig {
    pub(super) failure_rate: Option<f64>,
    pub(super) failures: Option<u32>,
    pub(super) consecutive: Option<u32>,
    pub(super) slow_rate: Option<f64>,
    pub(super) slow_call: Option<Duration>,
    pub(super) window: Option<Window>,
    pub(super) min_calls: Option<u32>,
    pub(super) open_for: Duration,
    pub(super) open_growth: Option<f64>,
    pub(super) open_max: Option<Duration>,
    pub(super) probes: u32,
    pub(super) successes: Option<u32>,
    pub(super) probe_timeout: Duration,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl BreakerConfig {
    /// The defaults of the table above.
    pub const fn new() -> Self {
        Self {
            failure_rate: None,
            failures: None,
            consecutive: None,
            slow_rate: None,
            slow_call: None,
            window: None,
            min_calls: None,
            open_for: Duration::from_secs(30),
            open_growth: None,
            open_max: None,
            probes: 5,
            successes: None,
            probe_timeout: Duration::from_secs(30),
        }
    }

    /// Opens when this share of the calls in the window failed: above 0, at most 1. Reaching it is enough.
    pub const fn failure_rate(mut self, rate: f64) -> Self {
        self.failure_rate = Some(rate);
        self
    }

    /// Opens at this many failures in the window, whatever share of the calls they are and whatever `min_calls` says:
    /// 3 failures in 30 s.
    ///
    /// For what fails seldom, where the share of a busy minute would hide it. The more calls there are, the sooner a
    /// fixed number of them fails by chance: for much traffic take `failure_rate`.
    pub const fn failures(mut self, failures: u32) -> Self {
        self.failures = Some(failures);
        self
    }

    /// Opens at this many failures in a row, whatever `min_calls` says.
    pub const fn consecutive(mut self, failures: u32) -> Self {
        self.consecutive = Some(failures);
        self
    }

    /// Opens when this share of the calls in the window took longer than `slow_call`: above 0, at most 1.
    pub const fn slow_rate(mut self, rate: f64) -> Self {
        self.slow_rate = Some(rate);
        self
    }

    /// A call is slow when it takes longer than this, whether it fails or not.
    pub const fn slow_call(mut self, limit: Duration) -> Self {
        self.slow_call = Some(limit);
        self
    }

    /// What the rates and `failures` are taken over.
    pub const fn window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// Below this many calls in the window the rates are unknown and open nothing.
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.min_calls = Some(calls);
        self
    }

    /// How long an open breaker refuses calls before it tries probes.
    pub const fn open_for(mut self, period: Duration) -> Self {
        self.open_for = period;
        self
    }

    /// Each time the probes fail again, the open period gets longer by this factor, at least 1.
    pub const fn open_growth(mut self, factor: f64) -> Self {
        self.open_growth = Some(factor);
        self
    }

    /// The longest open period that `open_growth` leads to.
    pub const fn open_max(mut self, period: Duration) -> Self {
        self.open_max = Some(period);
        self
    }

    /// How many trial calls a half-open breaker lets through. One that is dropped or ignored gives its place back, and
    /// one that is older than `probe_timeout` makes room for another.
    pub const fn probes(mut self, calls: u32) -> Self {
        self.probes = calls;
        self
    }

    /// How many of the probes must succeed to close the breaker.
    pub const fn successes(mut self, calls: u32) -> Self {
        self.successes = Some(calls);
        self
    }

    /// A probe that has not ended by then makes room for another. Its outcome counts all the same, for as long as the
    /// breaker is half-open: a dependency that needs longer for each call can recover.
    pub const fn probe_timeout(mut self, limit: Duration) -> Self {
        self.probe_timeout = limit;
        self
    }

    /// The same without any rule, for others to take their place; what only they look at goes with them.
    pub(crate) const fn without_rules(mut self) -> Self {
        self.failure_rate = None;
        self.failures = None;
        self.consecutive = None;
        self.slow_rate = None;
        self.slow_call = None;
        self
    }

    /// The time that rates are taken over and the calls they need, where there are rates and their window is a time.
    pub(crate) const fn rates_over(&self) -> Option<(Duration, u32)> {
        let settings = self.settings();
        match settings.window {
            Some(Window::Time(time)) if self.has_rates() => Some((time, settings.min_calls)),
            _ => None,
        }
    }

    /// Whether a rule takes a share of the calls.
    pub(super) const fn has_rates(&self) -> bool {
        let settings = self.settings();
        settings.failure_rate.is_some() || settings.slow_rate.is_some()
    }

    /// What is to be said of the first thing that makes no sense.
    pub(crate) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// What the configuration comes to, with every default filled in.
    ///
    /// Total: what a check refuses is brought to the nearest value that makes sense, so that no configuration
    /// can lock a breaker for ever.
    pub(super) const fn settings(&self) -> Settings {
        let counts = self.failures.is_some() || self.consecutive.is_some();
        let failure_rate = match self.failure_rate {
            None if self.slow_rate.is_none() && !counts => Some(0.5),
            rate => rate,
        };
        let window = match self.window {
            _ if failure_rate.is_none() && self.slow_rate.is_none() && self.failures.is_none() => None,
            None => Some(Window::Time(Duration::from_secs(60))),
            Some(Window::Calls(calls)) => Some(Window::Calls(at_least(1, calls))),
            Some(Window::Time(time)) => Some(Window::Time(longer(Duration::from_nanos(1), time))),
        };
        let min_calls = match (self.min_calls, window) {
            (Some(calls), _) => at_least(1, calls),
            (None, Some(Window::Calls(window))) => at_most(10, window),
            (None, _) => 10,
        };
        let probes = at_least(1, self.probes);
        let successes = match self.successes {
            Some(calls) => at_most(probes, at_least(1, calls)),
            None => at_most(3, probes),
        };
        let open_max = match self.open_max {
            Some(longest) => longest,
            None => Duration::from_secs(300),
        };
        Settings {
            failure_rate,
            failures: match (self.failures, window) {
                (Some(failures), Some(Window::Calls(calls))) => Some(at_most(calls, at_least(1, failures))),
                (Some(failures), _) => Some(at_least(1, failures)),
                (None, _) => None,
            },
            consecutive: match self.consecutive {
                Some(failures) => Some(at_least(1, failures)),
                None => None,
            },
            slow_rate: self.slow_rate,
            slow_call: match (self.slow_rate, self.slow_call) {
                (None, _) => None,
                (Some(_), None) => Some(Duration::from_secs(2)),
                (Some(_), limit) => limit,
            },
            window,
            min_calls,
            open_for: self.open_for,
            open_growth: match self.open_growth {
                Some(factor) => factor,
                None => 1.0,
            },
            open_max: longer(self.open_for, open_max),
            probes,
            successes,
            probe_timeout: self.probe_timeout,
        }
    }
}

/// A configuration with every default filled in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) failure_rate: Option<f64>,
    pub(super) failures: Option<u32>,
    pub(super) consecutive: Option<u32>,
    pub(super) slow_rate: Option<f64>,
    /// Set exactly when `slow_rate` is.
    pub(super) slow_call: Option<Duration>,
    /// None when no rule looks at one.
    pub(super) window: Option<Window>,
    pub(super) min_calls: u32,
    pub(super) open_for: Duration,
    pub(super) open_growth: f64,
    pub(super) open_max: Duration,
    pub(super) probes: u32,
    pub(super) successes: u32,
    pub(super) probe_timeout: Duration,
}

impl Settings {
    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        let grows = self.open_growth > 1.0;
        let has_rates = self.failure_rate.is_some() || self.slow_rate.is_some();
        let rules = [
            self.failure_rate.map(|rate| Setting::share("failure_rate", rate)),
            self.failures.map(|failures| Setting::count("failures", failures)),
            self.consecutive.map(|failures| Setting::count("consecutive", failures)),
            self.slow_rate.map(|rate| Setting::share("slow_rate", rate)),
            self.slow_call.map(|limit| Setting::time("slow_call", limit)),
            self.window.map(|window| match window {
                Window::Calls(calls) => Setting::count("window", calls),
                Window::Time(time) => Setting::time("window", time),
            }),
            has_rates.then(|| Setting::count("min_calls", self.min_calls)),
            Some(Setting::time("open_for", self.open_for)),
            grows.then(|| Setting::new("open_growth", SettingValue::Factor(self.open_growth))),
            grows.then(|| Setting::time("open_max", self.open_max)),
            Some(Setting::count("probes", self.probes)),
            Some(Setting::count("successes", self.successes)),
            Some(Setting::time("probe_timeout", self.probe_timeout)),
        ];
        rules.into_iter().flatten().collect()
    }

    /// The open period after the probes have failed so many times since the breaker was last closed.
    pub(super) fn open_period(&self, reopened: u32) -> Duration {
        if reopened == 0 || self.open_growth.is_nan() || self.open_growth <= 1.0 {
            return self.open_for;
        }
        let seconds = self.open_for.as_secs_f64() * self.open_growth.powf(f64::from(reopened));
        Duration::try_from_secs_f64(seconds).map_or(self.open_max, |period| period.min(self.open_max))
    }
}

const fn at_least(least: u32, number: u32) -> u32 {
    if number < least { least } else { number }
}

const fn at_most(most: u32, number: u32) -> u32 {
    if number > most { most } else { number }
}

const fn longer(one: Duration, other: Duration) -> Duration {
    if one.as_nanos() > other.as_nanos() { one } else { other }
}
