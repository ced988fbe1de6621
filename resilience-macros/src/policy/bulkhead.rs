//! `bulkhead`: at most so many calls at once.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `bulkhead` | whole number, a name, or the path of a `static Bulkhead` | | one of the function's own, the one of all who name it, or the one in the `static` |
//! | `max` | whole number | | how many calls may run at once, for one that has a name; of an adaptive one the limit it begins with and never exceeds |
//! | `queue` | whole number | 0 | how many calls may wait for a place |
//! | `wait` | duration | `"0s"` | how long a call may wait for one before it is refused |
//! | `priority` | expression | 0 | which of the waiting calls goes first: that of the highest, and among equals the oldest |
//! | `adaptive` | `"aimd"` or `"gradient"` | none | lets the limit follow what the dependency bears |
//! | `min` | whole number | 1 | what an adaptive limit never falls below |
//!
//! The settings stand in the group, behind the number or the name: `bulkhead(10, queue = 20, wait = "100ms")`,
//! `bulkhead("db", max = 10)`. A name without settings refers to a bulkhead that another function may configure.
//! A path alone is that of a `static`; `bulkhead(max = MAX)` takes a constant. `"adaptive"` is no name but an adaptive
//! bulkhead of the function's own: `bulkhead("adaptive", max = 50)`, with `algorithm` (default `"gradient"`)
//! in the place of `adaptive`. `priority` is evaluated once a call, in front of the attempts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprPath, Lit};

use super::timeout::Limit;
use crate::diag::{Diagnostics, closest, words};
use crate::names::Names;
use crate::value::{
    Count, Duration, Expression, FromValue, Kind, Setting, Target, Value, Wrong, checked, is_static, literal,
    set, shown, write_or,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "bulkhead",
    headline: Some(Key::new("bulkhead", "10").noun("a number or a name").takes(Takes::ValueOr("max"))),
    settings: &[
        Key::new("max", "10"),
        Key::new("queue", "20"),
        Key::new("wait", "\"100ms\""),
        Key::new("priority", "request.priority").noun("an expression"),
        Key::new("adaptive", "\"gradient\""),
        Key::new("algorithm", "\"gradient\""),
        Key::new("min", "2"),
    ],
    flat: false,
    within: None,
};

static KIND: Kind = Kind {
    noun: "a bulkhead",
    example: "db",
    policy: "Bulkhead",
    advice: "write a number of calls, like 10, a name, like \"db\", or the path of a `static Bulkhead`",
};

/// The word that stands in the place of a name.
const ADAPTIVE: &str = "adaptive";

/// As in the runtime's `BulkheadConfig`; here only to check settings that stand alone.
const DEFAULT_QUEUE: Count = Count(0);
const DEFAULT_WAIT: Duration = Duration::millis(0);

/// What stands first.
enum Headline {
    Max(Value<Count>),
    Adaptive,
    Target(Target),
}

impl FromValue for Headline {
    /// The group has settings alone.
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Target(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if let Some((Lit::Str(text), false)) = literal(value)
            && text.value() == ADAPTIVE
        {
            return Ok(Self::Adaptive);
        }
        if is_number(value) {
            Value::from_expr(value).map(Self::Max)
        } else {
            KIND.read(value).map(Self::Target)
        }
    }
}

/// Whether the first value is the number of calls.
pub(crate) fn is_number(value: &Expr) -> bool {
    match literal(value) {
        Some((Lit::Str(text), false)) => text.value().parse::<f64>().is_ok(),
        Some((Lit::Int(_) | Lit::Float(_), _)) => true,
        Some(_) => false,
        None => !is_static(value),
    }
}

/// How a limit follows what the dependency bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adaptive {
    Aimd,
    Gradient,
}

const ALGORITHMS: [(&str, Adaptive); 2] = [("aimd", Adaptive::Aimd), ("gradient", Adaptive::Gradient)];

impl FromValue for Adaptive {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        const ADVICE: &str = "write \"aimd\" or \"gradient\"";
        let Some((lit, negative)) = literal(value) else {
            let named = |path: &ExprPath| ALGORITHMS.iter().find(|(name, _)| path.path.is_ident(name));
            let named = if let Expr::Path(path) = value { named(path) } else { None };
            return Err(Wrong::new(match named {
                Some((name, _)) => {
                    format!("`{name}` is the name of an algorithm; write it in quotes: \"{name}\"")
                }
                None => format!("expected the name of an algorithm; {ADVICE}"),
            }));
        };
        let text = shown(lit, negative);
        let known = ALGORITHMS.iter().find(|(name, _)| *name == text).filter(|_| matches!(lit, Lit::Str(_)));
        known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
            Wrong::new(match closest(&text.to_lowercase(), &words(&ALGORITHMS)) {
                Some(likely) => format!("unknown algorithm `{text}`; did you mean `{likely}`?"),
                None => format!("`{text}` is not an algorithm for an adaptive bulkhead; {ADVICE}"),
            })
        })
    }
}

/// A bulkhead, with the settings that the site gives it.
pub(crate) struct Bulkhead {
    pub(crate) target: Setting<Target>,
    /// Whether `"adaptive"` stands in the place of a name.
    pub(crate) begins_with_adaptive: bool,
    /// As the first value, or by its key.
    max: Option<Setting<Value<Count>>>,
    queue: Option<Setting<Value<Count>>>,
    wait: Option<Setting<Value<Duration>>>,
    pub(crate) priority: Option<Setting<Expression>>,
    adaptive: Option<Adaptive>,
    min: Option<Setting<Value<Count>>>,
}

/// The bulkhead, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Bulkhead> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let headline = clause.read("bulkhead");
    let max = clause.read_in_room("max");
    let queue = clause.read_in_room("queue");
    let wait = clause.read_in_room("wait");
    let priority = clause.read_in_room("priority");
    let adaptive = clause.read_in_room("adaptive").map(|adaptive| adaptive.value);
    let algorithm = clause.read_in_room("algorithm").map(|algorithm| algorithm.value);
    let min = clause.read_in_room("min");
    let headline = headline?;
    let (target, max) = match &headline.value {
        Headline::Max(value) => (Target::Own, Some(headline.with(value.clone()))),
        Headline::Adaptive => (Target::Own, max),
        Headline::Target(target) => (target.clone(), max),
    };
    let begins_with_adaptive = matches!(headline.value, Headline::Adaptive);
    let adaptive =
        if begins_with_adaptive { Some(algorithm.unwrap_or(Adaptive::Gradient)) } else { adaptive };
    let target = headline.with(target);
    Some(Bulkhead { target, begins_with_adaptive, max, queue, wait, priority, adaptive, min })
}

impl Bulkhead {
    /// Whether the number stands first, without its key.
    pub(crate) fn begins_with_max(&self) -> bool {
        self.max.as_ref().is_some_and(|max| max.key == ROOM.name)
    }

    /// Whether the limit may follow the outcomes of calls, so that it matters how they are classified.
    pub(crate) fn may_adapt(&self) -> bool {
        // What is set elsewhere is not known.
        self.adaptive.is_some() || (self.max.is_none() && !matches!(self.target.value, Target::Own))
    }

    /// The const checks of the settings, each alone and in combination.
    pub(crate) fn checks(&self, deadline: Option<&Limit>, names: &Names) -> Vec<TokenStream> {
        let Self { max, queue, wait, min, .. } = self;
        let mut checks = Vec::new();
        checks.extend(checked(max.as_ref(), "bulkhead_max", names));
        checks.extend(queue.as_ref().and_then(|queue| queue.binding(names)));
        checks.extend(wait.as_ref().and_then(|wait| wait.binding(names)));
        let queued = queue.as_ref().map(|queue| &queue.tokens);
        let queued = queued.or(wait.as_ref().map(|wait| &wait.tokens));
        if names.has_preset {
            checks.extend(self.checks_of_preset(queued, names));
        } else if let Some(at) = queued {
            let queue = write_or(queue.as_ref(), &DEFAULT_QUEUE, names);
            let wait = write_or(wait.as_ref(), &DEFAULT_WAIT, names);
            checks.push(names.check("queue_fits", at, &[queue, wait]));
        }
        // Without a `queue` the tokens alone say so.
        if let (Some(queue), Some(_), false) = (queue, &self.priority, names.has_preset) {
            let arguments = [queue.write(names), write_or(wait.as_ref(), &DEFAULT_WAIT, names)];
            checks.push(names.check("priority_needs_queue", &queue.tokens, &arguments));
        }
        if let (Some(wait), Some(deadline), false) = (wait, deadline, names.has_preset) {
            let arguments = [wait.write(names), deadline.write(names)];
            checks.push(names.check("bulkhead_wait", &wait.tokens, &arguments));
        }
        if let Some(min) = min {
            checks.extend(min.checks("adaptive_min", names));
            checks.extend(max.as_ref().map(|max| {
                names.check("adaptive_bounds", &min.tokens, &[min.write(names), max.write(names)])
            }));
        }
        checks
    }

    /// There is a bulkhead to change, and its queue goes together with its wait.
    fn checks_of_preset(&self, queued: Option<&TokenStream>, names: &Names) -> Vec<TokenStream> {
        let preset = names.preset();
        let Some(at) = queued.or(self.min.as_ref().map(|min| &min.tokens)) else { return Vec::new() };
        let mut checks = Vec::new();
        if self.max.is_none() {
            checks.push(names.check("preset_has_bulkhead", at, &[quote!(&#preset)]));
        }
        if let Some(config) = self.config(names) {
            checks.push(names.check("bulkhead_fits", at, &[quote!(&#config)]));
        }
        checks
    }

    /// The wait, where it is written.
    pub(crate) fn wait_tokens(&self) -> Option<&TokenStream> {
        self.wait.as_ref().map(|wait| &wait.tokens)
    }

    /// The part of the site that sets the bulkhead.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        Some(quote!(.bulkhead(#source)))
    }

    /// The settings of the bulkhead, if they are given here.
    pub(crate) fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let max = self.max.as_ref().map(|max| max.write(names));
        let is_changed = self.queue.is_some() || self.wait.is_some() || self.adaptive.is_some();
        let start = match &max {
            Some(max) => {
                let otherwise = quote!(#private::BulkheadConfig::new(#max));
                names.beginning("bulkhead_at", std::slice::from_ref(max), otherwise)
            }
            None if names.has_preset && is_changed => names.beginning("bulkhead", &[], TokenStream::new()),
            None => return None,
        };
        let max = max.unwrap_or_else(|| names.beginning("bulkhead_max", &[], TokenStream::new()));
        let queue = set("queue", self.queue.as_ref(), names);
        let wait = set("wait", self.wait.as_ref(), names);
        let adaptive = self.adaptive.map(|adaptive| {
            let rule = match adaptive {
                Adaptive::Aimd => quote!(aimd),
                Adaptive::Gradient => quote!(gradient),
            };
            let min = set("min", self.min.as_ref(), names);
            quote!(.adaptive(#private::Adaptive::#rule() #min.max(#max)))
        });
        Some(quote!(#start #queue #wait #adaptive))
    }
}
