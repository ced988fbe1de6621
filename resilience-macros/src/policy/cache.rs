//! `cache`: answers that are given again.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `cache` | duration, or the path of a `static Cache` | | how long an answer is given again, or the cache in the `static` |
//! | `ttl` | duration | | the same by its key, for a constant |
//! | `name` | text | none | shares the cache with all who name it |
//! | `capacity` | whole number | 10000 | how many answers are remembered |
//! | `key` | expression | all arguments | what the answer depends on |
//! | `stale_if_error` | duration | none | for how long after its `ttl` an answer still stands in for an error |
//!
//! The settings stand in the group: `cache("60s", capacity = 500)`. A path alone is that of a `static`, and
//! `cache(ttl = TTL)` takes a constant; other const expressions may stand first. A name without a time,
//! `cache(name = "users")`, refers to a cache that another function may configure. `key` is evaluated once a call, in
//! front of the attempts, and belongs to the function.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, Lit, LitStr};

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Count, Duration, Expression, FromValue, Kind, Setting, Target, Value, Wrong, checked, is_static, literal,
    set, shown,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "cache",
    headline: Some(Key::new("cache", "\"60s\"").takes(Takes::Optional).noun("a duration")),
    settings: &[
        Key::new("ttl", "\"60s\""),
        Key::new("name", "\"users\"").noun("a name"),
        Key::new("capacity", "1000"),
        Key::new("key", "id").noun("an expression"),
        Key::new("stale_if_error", "\"5m\""),
    ],
    flat: false,
    within: None,
};

static KIND: Kind = Kind {
    noun: "a cache",
    example: "users",
    policy: "Cache",
    advice: "write how long answers are given again, like \"60s\", or the path of a `static Cache`",
};

/// What stands first.
enum Headline {
    Nothing,
    Ttl(Value<Duration>),
    Static(Target),
}

impl FromValue for Headline {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Nothing)
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if let Some((Lit::Str(text), false)) = literal(value)
            && !text.value().trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.')
        {
            let text = text.value();
            return Err(Wrong::new(format!(
                "\"{text}\" does not say how long; write a time, and a name by its key: `cache(\"60s\", name = \
                 \"{text}\")`"
            )));
        }
        if is_static(value) {
            KIND.read(value).map(Self::Static)
        } else {
            Value::from_expr(value).map(Self::Ttl)
        }
    }
}

/// A name that functions share a cache by.
struct CacheName(LitStr);

impl FromValue for CacheName {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        Err(Wrong::new(match literal(value) {
            Some((Lit::Str(name), false)) if !name.value().trim().is_empty() => {
                return Ok(Self(name.clone()));
            }
            Some((Lit::Str(_), false)) => {
                "a cache's name cannot be empty; write one, like \"users\"".to_owned()
            }
            Some((other, negative)) => {
                format!("`{}` is not a name; write a string, like \"users\"", shown(other, negative))
            }
            None => "a cache's name is a literal; write a string, like \"users\"".to_owned(),
        }))
    }
}

/// A cache, with the settings that the site gives it.
pub(crate) struct Cache {
    pub(crate) target: Setting<Target>,
    /// As the first value, or by its key.
    ttl: Option<Setting<Value<Duration>>>,
    capacity: Option<Setting<Value<Count>>>,
    pub(crate) key: Option<Setting<Expression>>,
    stale_if_error: Option<Setting<Value<Duration>>>,
}

/// The cache, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Cache> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let headline = clause.read("cache");
    let ttl = clause.read_in_room("ttl");
    let name = clause.read_in_room::<CacheName>("name");
    let capacity = clause.read_in_room("capacity");
    let key = clause.read_in_room("key");
    let stale_if_error = clause.read_in_room("stale_if_error");
    let headline = headline?;
    let by_name = || name.as_ref().map_or(Target::Own, |name| Target::Named(name.value.0.clone()));
    let (target, ttl) = match &headline.value {
        Headline::Nothing => (by_name(), ttl),
        Headline::Ttl(value) => (by_name(), Some(headline.with(value.clone()))),
        Headline::Static(target) => (target.clone(), ttl),
    };
    Some(Cache { target: headline.with(target), ttl, capacity, key, stale_if_error })
}

impl Cache {
    /// Its key in the attribute.
    pub(crate) fn keyword(&self) -> &Ident {
        &self.target.key
    }

    /// Whether the time stands first, without its key.
    pub(crate) fn begins_with_ttl(&self) -> bool {
        self.ttl.as_ref().is_some_and(|ttl| ttl.key == ROOM.name)
    }

    /// The const checks of the settings.
    pub(crate) fn checks(&self, names: &Names) -> Vec<TokenStream> {
        let mut checks = Vec::new();
        checks.extend(checked(self.ttl.as_ref(), "cache_ttl", names));
        checks.extend(checked(self.capacity.as_ref(), "cache_capacity", names));
        checks.extend(checked(self.stale_if_error.as_ref(), "cache_stale", names));
        checks
    }

    /// The part of the site that sets the cache.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        Some(quote!(.cache(#source)))
    }

    /// The settings of the cache, if they are given here.
    fn config(&self, names: &Names) -> Option<TokenStream> {
        let (private, ttl) = (names.private(), self.ttl.as_ref()?.write(names));
        let capacity = set("capacity", self.capacity.as_ref(), names);
        let stale_if_error = set("stale_if_error", self.stale_if_error.as_ref(), names);
        Some(quote!(#private::CacheConfig::new(#ttl) #capacity #stale_if_error))
    }
}
