//! What a limiter is told: the builder a user writes, and the settings it comes to.

use core::time::Duration;

use super::check;
use super::limits::Limits;
use crate::policy::ruling::Ruling;
use crate::policy::setting::{Setting, SettingValue};

/// So many calls in so long: 100 calls per second.
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::Rate;
///
/// assert_eq!(Rate::per_second(100), Rate::new(100, Duration::from_secs(1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    period: Duration,
}

impl Rate {
    /// `count` calls in each `period`.
    #[must_use]
    pub const fn new(count: u32, period: Duration) -> Self {
        Self { count, period }
    }

    /// So many calls a second.
    #[must_use]
    pub const fn per_second(count: u32) -> Self {
        Self::new(count, Duration::from_secs(1))
    }

    /// So many calls a minute.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, Duration::from_secs(60))
    }

    /// So many calls an hour.
    #[must_use]
    pub const fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_secs(3600))
    }

    /// The calls in a period.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The period.
    #[must_use]
    pub const fn period(self) -> Duration {
        self.period
    }
}

/// How calls are held to a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// A bucket of `burst` tokens that fills at the rate; each call takes one.
    ///
    /// In any time `t` at most `burst + rate * t` calls are admitted, and no more tokens are kept than `burst`, however
    /// long no call comes. Eight bytes of state, and no lock while there are tokens.
    TokenBucket,
    /// At most the rate's count in *any* window as long as the rate's period, wherever it starts.
    ///
    /// Keeps the time of each call in the window: eight bytes per call of the rate, and a short lock per call.
    SlidingWindow,
}

/// Less than half a megabyte of them with a token bucket.
const DEFAULT_MAX_KEYS: u32 = 10_000;

/// How many calls a [`RateLimiter`](super::RateLimiter) admits, and how long one may wait for its turn.
///
/// A `const` builder: [`new`](Self::new) takes the rate and has the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `burst` | the rate's count |
/// | `algorithm` | [`Algorithm::TokenBucket`] |
/// | `wait` | 0 s: a call that is not admitted at once is refused |
/// | `max_keys` | 10 000 |
/// | `lease` | 1: every call asks the bucket |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use core::time::Duration;
/// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
///
/// static API: RateLimiter =
///     RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(100)).burst(10).wait(Duration::from_millis(50)));
/// assert!(API.try_acquire().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RateLimitConfig {
    pub(super) rate: Rate,
    pub(super) burst: Option<u32>,
    pub(super) algorithm: Algorithm,
    pub(super) wait: Duration,
    pub(super) max_keys: u32,
    pub(super) lease: u32,
}

impl RateLimitConfig {
    /// That rate, and the defaults of the table above.
    pub const fn new(rate: Rate) -> Self {
        Self {
            rate,
            burst: None,
            algorithm: Algorithm::TokenBucket,
            wait: Duration::ZERO,
            max_keys: DEFAULT_MAX_KEYS,
            lease: 1,
        }
    }

    /// How many calls the bucket admits at once when none came for a while. Of the token bucket only.
    pub const fn burst(mut self, calls: u32) -> Self {
        self.burst = Some(calls);
        self
    }

    /// How calls are held to the rate.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// How long a call may wait for its turn. One that would have to wait longer is refused at once.
    pub const fn wait(mut self, at_most: Duration) -> Self {
        self.wait = at_most;
        self
    }

    /// How many keys are remembered at a time, where each key has the rate to itself.
    pub const fn max_keys(mut self, keys: u32) -> Self {
        self.max_keys = keys;
        self
    }

    /// How many tokens a thread takes from the bucket at once, for the calls it makes next: those ask neither the bucket
    /// nor the clock, until the tokens are used up. Of the token bucket only, and of calls without a key.
    ///
    /// With a lease of 1 the limit is exact. Every call then writes to the one bucket, which threads on several cores
    /// take from each other; with 64 only every 64th call does. What that costs is exactness:
    ///
    /// - In any time `t` at most `burst + rate * t + (lease - 1) * threads` calls are admitted, where `threads` are those
    ///   that call: each may have kept tokens from before. In the long run the rate holds, as tokens are not made.
    /// - A call may be refused, or wait for its turn, while other threads have up to `lease - 1` tokens each. A thread
    ///   that has some goes in front of those that wait; none takes a new lease while somebody waits.
    ///
    /// No lease takes more than the bucket has, so that near the limit leases become small. What a thread leaves behind
    /// when it ends is for the next one that begins to call. Another configuration makes void what was leased under the
    /// last one, and takes it for used. Up to 64 threads at a time have leases, and further ones ask the bucket for each
    /// call; a limiter takes 8 KiB for them.
    ///
    /// ```
    /// use resilience_runtime::{Rate, RateLimitConfig, RateLimiter};
    ///
    /// static BUSY: RateLimiter =
    ///     RateLimiter::new("busy", RateLimitConfig::new(Rate::per_second(100_000)).lease(64));
    /// assert!(BUSY.try_acquire().is_ok());
    /// ```
    pub const fn lease(mut self, tokens: u32) -> Self {
        self.lease = tokens;
        self
    }

    /// The same with another rate.
    pub(crate) const fn with_rate(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    pub(crate) const fn get_rate(&self) -> Rate {
        self.rate
    }

    pub(crate) const fn get_wait(&self) -> Duration {
        self.wait
    }

    /// What is to be said of the first thing that makes no sense.
    pub(crate) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// As the attribute's settings, each with its default filled in, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        let (algorithm, burst) = match self.algorithm {
            Algorithm::TokenBucket => ("token_bucket", Some(self.bucket())),
            Algorithm::SlidingWindow => ("sliding_window", None),
        };
        let settings = [
            Some(Setting::new("rate", SettingValue::Rate(self.rate))),
            burst.map(|calls| Setting::count("burst", calls)),
            Some(Setting::new("algorithm", SettingValue::Word(algorithm))),
            Some(Setting::time("wait", self.wait)),
            Some(Setting::count("max_keys", self.max_keys)),
            burst.map(|_| Setting::count("lease", self.lease)),
        ];
        settings.into_iter().flatten().collect()
    }

    /// What the configuration comes to.
    ///
    /// Total: what a check refuses is brought to the nearest value that makes sense, so that no configuration
    /// can lock a limiter for ever.
    pub(super) const fn settings(&self) -> Settings {
        let (limits, lease) = match self.algorithm {
            Algorithm::TokenBucket => (Limits::bucket(self.rate, self.bucket()), self.lease),
            Algorithm::SlidingWindow => (Limits::window(self.rate), 1),
        };
        let max_keys = if self.max_keys == 0 { 1 } else { self.max_keys };
        Settings { limits, wait: self.wait, max_keys, lease: if lease == 0 { 1 } else { lease } }
    }

    /// The tokens of a full bucket.
    pub(super) const fn bucket(&self) -> u32 {
        match self.burst {
            Some(burst) => burst,
            None => self.rate.count,
        }
    }
}

/// A configuration in the terms that decisions are made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) wait: Duration,
    pub(super) max_keys: u32,
    /// No more than that is taken at once; what the bucket has is a bound, too.
    pub(super) lease: u32,
}

impl Settings {
    /// Those of a limiter that was named and not configured.
    pub(super) const NONE: Self =
        Self { limits: Limits::None, wait: Duration::ZERO, max_keys: DEFAULT_MAX_KEYS, lease: 1 };
}
