//! `rate_limit`: at most so many calls in so much time.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `rate_limit` | a rate, a name, or the path of a `static RateLimiter` | | a limit of the function's own, the one of all who name it, or the one in the `static` |
//! | `rate` | rate | | so many calls in so much time, for a limit that has a name |
//! | `burst` | whole number | the rate's count | calls that may come at once after a quiet time, for a token bucket |
//! | `algorithm` | `"token_bucket"` or `"sliding_window"` | `"token_bucket"` | what the rate is measured by |
//! | `wait` | duration | `"0s"` | how long a call may wait for its turn before it is refused |
//! | `key` | expression | none | a limit for each of its values, of the function's arguments |
//! | `max_keys` | whole number | 10000 | how many of them are remembered |
//! | `lease` | whole number | 1 | tokens that a thread takes from a token bucket at once |
//!
//! The settings stand in the group, behind the rate or the name: `rate_limit("100/s", burst = 20)`,
//! `rate_limit("api", rate = "100/s")`. A name without settings refers to a limit that another function may configure.
//! A string is a rate when it begins with a digit or ends with a unit of time behind a slash, and a name otherwise. A
//! const expression for a rate has the type `Rate`; a path alone is that of a `static`, and `rate_limit(rate = RATE)`
//! takes a constant. `key` is evaluated once a call, in front of the attempts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprPath, Lit};

use super::breaker::Breaker;
use super::timeout::Limit;
use crate::diag::{Diagnostics, closest, words};
use crate::names::Names;
use crate::value::{
    Count, Duration, Expression, FromValue, Kind, Literal, Rate, Setting, Target, Value, Wrong, at, checked,
    is_static, literal, set, shown,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "rate_limit",
    headline: Some(
        Key::new("rate_limit", "\"100/s\"").noun("a rate or a name").takes(Takes::ValueOr("rate")),
    ),
    settings: &[
        Key::new("rate", "\"100/s\""),
        Key::new("burst", "20"),
        Key::new("algorithm", "\"sliding_window\""),
        Key::new("wait", "\"50ms\""),
        Key::new("key", "tenant").noun("an expression"),
        Key::new("max_keys", "1000"),
        Key::new("lease", "64"),
    ],
    flat: false,
    within: None,
};

static KIND: Kind = Kind {
    noun: "a rate limit",
    example: "api",
    policy: "RateLimiter",
    advice: "write a rate, like \"100/s\", a name, like \"api\", or the path of a `static RateLimiter`",
};

/// What stands first.
enum Headline {
    Rate(Value<Rate>),
    Target(Target),
}

impl FromValue for Headline {
    /// The group has settings alone.
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Target(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if is_rate(value) {
            Value::from_expr(value).map(Self::Rate)
        } else {
            KIND.read(value).map(Self::Target)
        }
    }
}

/// Whether the first value is the rate.
pub(crate) fn is_rate(value: &Expr) -> bool {
    match literal(value) {
        Some((Lit::Str(text), false)) => Rate::is_meant(&text.value()),
        Some((Lit::Int(_) | Lit::Float(_), _)) => true,
        Some(_) => false,
        None => !is_static(value),
    }
}

/// What a rate is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    TokenBucket,
    SlidingWindow,
}

const ALGORITHMS: [(&str, Algorithm); 2] =
    [("token_bucket", Algorithm::TokenBucket), ("sliding_window", Algorithm::SlidingWindow)];

impl Literal for Algorithm {
    const NOUN: &'static str = "an algorithm for a rate";
    const ADVICE: &'static str = "write \"token_bucket\" or \"sliding_window\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        let known =
            ALGORITHMS.iter().find(|(name, _)| *name == text).filter(|_| matches!(literal, Lit::Str(_)));
        known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
            match closest(&text.to_lowercase(), &words(&ALGORITHMS)) {
                Some(likely) => format!("unknown algorithm `{text}`; did you mean `{likely}`?"),
                None => Self::refusal(text),
            }
        })
    }

    fn misread(value: &Expr) -> Option<String> {
        let Expr::Path(ExprPath { path, .. }) = value else { return None };
        let (name, _) = ALGORITHMS.iter().find(|(name, _)| path.is_ident(name))?;
        Some(format!("`{name}` is the name of an algorithm; write it in quotes: \"{name}\""))
    }

    fn rust_type(names: &Names) -> TokenStream {
        let private = names.private();
        quote!(#private::Algorithm)
    }

    fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        match self {
            Self::TokenBucket => quote!(#private::Algorithm::TokenBucket),
            Self::SlidingWindow => quote!(#private::Algorithm::SlidingWindow),
        }
    }
}

/// A rate limit, with the settings that the site gives it.
pub(crate) struct RateLimit {
    pub(crate) target: Setting<Target>,
    /// As the first value, or by its key.
    rate: Option<Setting<Value<Rate>>>,
    burst: Option<Setting<Value<Count>>>,
    algorithm: Option<Setting<Value<Algorithm>>>,
    wait: Option<Setting<Value<Duration>>>,
    pub(crate) key: Option<Setting<Expression>>,
    max_keys: Option<Setting<Value<Count>>>,
    lease: Option<Setting<Value<Count>>>,
}

/// The rate limit, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<RateLimit> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let headline = clause.read("rate_limit");
    let rate = clause.read_in_room("rate");
    let burst = clause.read_in_room("burst");
    let algorithm = clause.read_in_room("algorithm");
    let wait = clause.read_in_room("wait");
    let key = clause.read_in_room::<Expression>("key");
    let max_keys = clause.read_in_room("max_keys");
    let lease = clause.read_in_room("lease");
    if let Some(key) = &key {
        key.refuse_literal("key = tenant", diagnostics);
    }
    let headline = headline?;
    let (target, rate) = match &headline.value {
        Headline::Rate(value) => (Target::Own, Some(headline.with(value.clone()))),
        Headline::Target(target) => (target.clone(), rate),
    };
    Some(RateLimit { target: headline.with(target), rate, burst, algorithm, wait, key, max_keys, lease })
}

impl RateLimit {
    /// Whether the rate stands first, without its key.
    pub(crate) fn begins_with_rate(&self) -> bool {
        self.rate.as_ref().is_some_and(|rate| rate.key == ROOM.name)
    }

    /// Whether the rate is that of every window, which leaves no room for a burst.
    pub(crate) fn has_sliding_window(&self) -> bool {
        let algorithm = self.algorithm.as_ref().and_then(|algorithm| algorithm.value.literal());
        algorithm == Some(&Algorithm::SlidingWindow)
    }

    /// The const checks of the settings, each alone and in combination.
    pub(crate) fn checks(
        &self,
        breaker: Option<&Breaker>,
        deadline: Option<&Limit>,
        names: &Names,
    ) -> Vec<TokenStream> {
        let mut checks = Vec::new();
        checks.extend(checked(self.rate.as_ref(), "rate", names));
        checks.extend(checked(self.burst.as_ref(), "burst", names));
        checks.extend(self.algorithm.as_ref().and_then(|algorithm| algorithm.binding(names)));
        if let Some(wait) = &self.wait {
            checks.extend(wait.binding(names));
            checks.extend(deadline.filter(|_| !names.has_preset).map(|deadline| {
                names.check("limit_wait", &wait.tokens, &[wait.write(names), deadline.write(names)])
            }));
        }
        checks.extend(checked(self.max_keys.as_ref(), "max_keys", names));
        checks.extend(checked(self.lease.as_ref(), "lease", names));
        checks.extend(self.check_lease(names));
        if names.has_preset {
            checks.extend(self.check_of_preset(names));
            return checks;
        }
        checks.extend(breaker.and_then(|breaker| self.check_window(breaker, names)));
        checks
    }

    /// Whether the bucket has as much when it is full.
    fn check_lease(&self, names: &Names) -> Option<TokenStream> {
        // With a window, which has none, it has been refused.
        let lease = self.lease.as_ref().filter(|_| !self.has_sliding_window())?;
        let config = self.config(names)?;
        if self.rate.is_some() {
            return Some(names.check("lease_fits", &lease.tokens, &[quote!(&#config)]));
        }
        let preset = names.preset();
        Some(names.check("preset_lease_fits", &lease.tokens, &[quote!(&#preset), quote!(&#config)]))
    }

    /// There is a limit to change.
    fn check_of_preset(&self, names: &Names) -> Option<TokenStream> {
        let counts = at(self.burst.as_ref()).or(at(self.max_keys.as_ref())).or(at(self.lease.as_ref()));
        let at = at(self.wait.as_ref()).or(counts).or(at(self.algorithm.as_ref()))?;
        let preset = names.preset();
        self.rate.is_none().then(|| names.check("preset_has_rate_limit", at, &[quote!(&#preset)]))
    }

    /// The rate and the wait, where they are written.
    pub(crate) fn rate_tokens(&self) -> Option<&TokenStream> {
        at(self.rate.as_ref())
    }

    pub(crate) fn wait_tokens(&self) -> Option<&TokenStream> {
        at(self.wait.as_ref())
    }

    /// Whether the window of the breaker sees enough calls under this rate.
    fn check_window(&self, breaker: &Breaker, names: &Names) -> Option<TokenStream> {
        // With a key each of its values has the rate: how many calls that makes in all is not known.
        let rate = self.rate.as_ref().filter(|_| self.key.is_none())?;
        let window = breaker.time_window(names)?;
        let at = window.at.unwrap_or(&rate.tokens);
        Some(names.check("rate_window", at, &[window.time, window.min_calls, rate.write(names)]))
    }

    /// The part of the site that sets the limit.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        Some(quote!(.rate_limit(#source)))
    }

    /// The settings of the limit, if they are given here.
    pub(crate) fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let burst = set("burst", self.burst.as_ref(), names);
        let algorithm = set("algorithm", self.algorithm.as_ref(), names);
        let wait = set("wait", self.wait.as_ref(), names);
        let max_keys = set("max_keys", self.max_keys.as_ref(), names);
        let lease = set("lease", self.lease.as_ref(), names);
        let rest = [&burst, &algorithm, &wait, &max_keys, &lease];
        let start = match self.rate.as_ref().map(|rate| rate.write(names)) {
            Some(rate) => {
                let otherwise = quote!(#private::RateLimitConfig::new(#rate));
                names.beginning("rate_limit_at", &[rate], otherwise)
            }
            None if rest.iter().any(|setting| setting.is_some()) => {
                names.has_preset.then(|| names.beginning("rate_limit", &[], TokenStream::new()))?
            }
            None => return None,
        };
        Some(quote!(#start #burst #algorithm #wait #max_keys #lease))
    }
}
