//! `retry`: when to try again, how often, and what counts as worth it.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `retry` | a strategy, a const `Backoff`, or a type that implements `BackoffPolicy` | `"exp_jitter"` | how the waits grow |
//! | `max` | whole number or `"deadline"` | 3 | attempts, **the first one included**; `"deadline"`: as many as fit into it |
//! | `base` | duration | `"100ms"` | the wait before the first retry |
//! | `cap` | duration | `"10s"` | the longest wait, jitter included |
//! | `retry_after_max` | duration | `"60s"`; none with a `deadline` | the longest `retry_after` that is waited for |
//! | `factor` | number | 2.0 | how much longer each wait of `exp` and `exp_jitter` is than the one before |
//! | `jitter` | `"none"`, `"full"`, `"equal"` or a ratio | that of the strategy | how much of a wait is left to chance |
//! | `when` | path or closure | the error's own class | which errors are worth another try |
//! | `when_ok` | path or closure | none | which `Ok` values count as a failure |
//!
//! The strategies are `"none"`, `"fixed"`, `"linear"`, `"exp"`, `"exp_jitter"` (full jitter), `"decorrelated"`
//! and `"fibonacci"`. The settings may stand beside `retry` or, behind its value, in `retry(..)`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, Lit};

use super::hedge::Hedge;
use super::timeout::Limit;
use crate::diag::{Diagnostics, closest, words};
use crate::names::Names;
use crate::value::{
    Attempts, Callable, Count, Duration, FromValue, Jitter, Literal, Number, Setting, Value, Wrong, checked,
    constant, literal, set, shown, write_or,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "retry",
    headline: Some(Key::new("retry", "\"exp_jitter\"").takes(Takes::Optional)),
    settings: &[
        Key::new("max", "5"),
        Key::new("base", "\"100ms\""),
        Key::new("cap", "\"10s\""),
        Key::new("retry_after_max", "\"60s\""),
        Key::new("factor", "2.0"),
        Key::new("jitter", "\"equal\""),
        Key::new("when", "is_transient"),
        Key::new("when_ok", "is_incomplete"),
    ],
    flat: true,
    within: None,
};

const DEFAULT_MAX: Attempts = Attempts::Count(Count(3));
const DEFAULT_BASE: Duration = Duration::millis(100);
/// As in the runtime's `Backoff`; here only to check a `base` that stands alone.
const DEFAULT_CAP: Duration = Duration::millis(10_000);

/// How the waits grow.
#[derive(Clone)]
pub(crate) enum Strategy {
    Named(Schedule),
    /// A const `Backoff`.
    Const(Box<Expr>),
    /// A unit struct that implements `BackoffPolicy`.
    Policy(ExprPath),
    /// Only settings are there, to be changed in that of a preset.
    OfPreset,
}

/// The strategies that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    None,
    Fixed,
    Linear,
    Exp,
    ExpJitter,
    Decorrelated,
    Fibonacci,
}

const SCHEDULES: [(&str, Schedule); 7] = [
    ("none", Schedule::None),
    ("fixed", Schedule::Fixed),
    ("linear", Schedule::Linear),
    ("exp", Schedule::Exp),
    ("exp_jitter", Schedule::ExpJitter),
    ("decorrelated", Schedule::Decorrelated),
    ("fibonacci", Schedule::Fibonacci),
];

impl Schedule {
    pub(crate) fn named(name: &str) -> Option<Self> {
        SCHEDULES.iter().find(|(known, _)| *known == name).map(|(_, schedule)| *schedule)
    }

    /// The name, as the user writes it.
    pub(crate) fn name(self) -> &'static str {
        SCHEDULES[self as usize].0
    }
}

impl FromValue for Strategy {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self::Named(Schedule::ExpJitter))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let all = "write \"exp_jitter\", \"exp\", \"fixed\", \"linear\", \"decorrelated\", \"fibonacci\" or \"none\"";
        match (value, literal(value)) {
            (_, Some((lit, negative))) => {
                let text = shown(lit, negative);
                let named = Schedule::named(&text).filter(|_| matches!(lit, Lit::Str(_)));
                named.map(Self::Named).ok_or_else(|| {
                    Wrong::new(match closest(&text.to_lowercase(), &words(&SCHEDULES)) {
                        Some(likely) => format!("unknown strategy `{text}`; did you mean `{likely}`?"),
                        None if matches!(lit, Lit::Int(_)) && !negative => format!(
                            "`{text}` is not a retry strategy; write `\"exp_jitter\", max = {text}`, which counts \
                             the first attempt too"
                        ),
                        None => format!("`{text}` is not a retry strategy; {all}"),
                    })
                })
            }
            (Expr::Path(path), _) => {
                let value = constant(value)?;
                let last = path.path.segments.last().map_or_else(String::new, |last| last.ident.to_string());
                if path.path.get_ident().is_some_and(|_| Schedule::named(&last).is_some()) {
                    let message =
                        format!("`{last}` is the name of a strategy; write it in quotes: \"{last}\"");
                    return Err(Wrong::new(message));
                }
                let is_type = last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase);
                Ok(if is_type { Self::Policy(path.clone()) } else { Self::Const(Box::new(value)) })
            }
            _ => constant(value).map(|value| Self::Const(Box::new(value))),
        }
    }
}

/// A retry, with its own settings.
#[expect(clippy::struct_field_names, reason = "`retry_after` is a name of its own")]
pub(crate) struct Retry {
    pub(crate) strategy: Setting<Strategy>,
    pub(crate) max: Option<Setting<Value<Attempts>>>,
    base: Option<Setting<Value<Duration>>>,
    cap: Option<Setting<Value<Duration>>>,
    retry_after_max: Option<Setting<Value<Duration>>>,
    /// Whether the block says it, whose other methods may have a longer `deadline`, or none.
    is_retry_after_max_of_block: bool,
    factor: Option<Setting<Value<Number>>>,
    jitter: Option<Setting<Value<Jitter>>>,
}

/// What the keys of `retry` say; the classification also serves the breaker.
pub(crate) struct Retries {
    pub(crate) retry: Option<Retry>,
    pub(crate) when: Option<Setting<Callable>>,
    pub(crate) when_ok: Option<Setting<Callable>>,
}

/// The retry, and how outcomes are classified, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Retries {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let max = clause.read("max");
    let base = clause.read("base");
    let cap = clause.read("cap");
    let retry_after_max = clause.read("retry_after_max");
    let is_retry_after_max_of_block = written.is_from_block(&ROOM, "retry_after_max");
    let factor = clause.read("factor");
    let jitter = clause.read("jitter");
    let strategy = clause.read("retry");
    let time = base.as_ref().or(cap.as_ref()).or(retry_after_max.as_ref());
    let changed = match (&max, time, &factor, &jitter) {
        (Some(max), ..) => Some(max.with(Strategy::OfPreset)),
        (_, Some(time), ..) => Some(time.with(Strategy::OfPreset)),
        (_, _, Some(factor), _) => Some(factor.with(Strategy::OfPreset)),
        (.., Some(jitter)) => Some(jitter.with(Strategy::OfPreset)),
        (None, None, None, None) => None,
    };
    let strategy = strategy.or(changed);
    Retries {
        retry: strategy.map(|strategy| Retry {
            strategy,
            max,
            base,
            cap,
            retry_after_max,
            is_retry_after_max_of_block,
            factor,
            jitter,
        }),
        when: clause.read("when"),
        when_ok: clause.read("when_ok"),
    }
}

impl Retry {
    /// The strategy, when it has a name.
    pub(crate) fn schedule(&self) -> Option<Schedule> {
        match self.strategy.value {
            Strategy::Named(schedule) => Some(schedule),
            Strategy::Const(_) | Strategy::Policy(_) | Strategy::OfPreset => None,
        }
    }

    /// Whether it only changes that of a preset.
    pub(crate) fn is_of_preset(&self) -> bool {
        matches!(self.strategy.value, Strategy::OfPreset)
    }

    /// Whether the body may run more than once.
    pub(crate) fn reruns_body(&self) -> bool {
        let max = self.max.as_ref().and_then(|max| max.value.literal());
        self.schedule() != Some(Schedule::None) && max != Some(&Attempts::Count(Count(1)))
    }

    /// The const checks of the settings, and whether all attempts fit into the deadline.
    pub(crate) fn checks(
        &self,
        timeout: Option<&Limit>,
        deadline: Option<&Limit>,
        hedge: Option<&Hedge>,
        names: &Names,
    ) -> Vec<TokenStream> {
        let mut checks = Vec::new();
        if let (Some(binding), at) = (self.binding(names), &self.strategy.tokens) {
            let backoff = self.bound(names);
            checks.push(binding);
            checks.push(names.check("backoff", at, &[quote!(&#backoff)]));
        }
        if let Some(max) = &self.max {
            checks.extend(match max.value.literal() {
                Some(Attempts::UntilDeadline) => Vec::new(),
                _ => max.checks("attempts", names),
            });
        }
        for setting in [self.base.as_ref(), self.cap.as_ref()].iter().flatten() {
            checks.extend(setting.binding(names));
        }
        if names.has_preset {
            checks.extend(self.checks_of_preset(names));
        } else if let Some(at) = self.cap.as_ref().or(self.base.as_ref()) {
            let cap = write_or(self.cap.as_ref(), &DEFAULT_CAP, names);
            checks.push(names.check("cap", &at.tokens, &[self.write_base(names), cap]));
        }
        checks.extend(checked(self.retry_after_max.as_ref(), "retry_after_max", names));
        // A bound of the block's or of a preset is for functions with other deadlines, or none, too.
        if let (Some(longest), Some(deadline), false) =
            (&self.retry_after_max, deadline, self.is_retry_after_max_of_block)
        {
            let arguments = [longest.write(names), deadline.write(names)];
            checks.push(names.check("retry_after_below_deadline", &longest.tokens, &arguments));
        }
        if let Some(factor) = &self.factor {
            checks.extend(factor.checks("factor", names));
        }
        checks.extend(self.check_jitter(names));
        checks.extend(self.fits(timeout, deadline, hedge, names));
        checks
    }

    /// What is to be changed is there, and goes together with what is changed in it.
    fn checks_of_preset(&self, names: &Names) -> Vec<TokenStream> {
        let preset = names.preset();
        let delays = self.cap.as_ref().or(self.base.as_ref()).map(|at| &at.tokens);
        let at = delays.or(self.factor.as_ref().map(|factor| &factor.tokens));
        let at = at.or(self.jitter.as_ref().map(|jitter| &jitter.tokens));
        let mut checks = Vec::new();
        if self.is_of_preset() {
            let (rule, at) =
                at.map_or(("preset_has_retry", &self.strategy.tokens), |at| ("preset_has_backoff", at));
            checks.push(names.check(rule, at, &[quote!(&#preset)]));
        }
        if let (Some(at), Some(backoff)) = (delays, self.backoff(names)) {
            checks.push(names.check("cap_fits", at, &[quote!(&#backoff)]));
        }
        checks
    }

    fn check_jitter(&self, names: &Names) -> Vec<TokenStream> {
        let Some(jitter) = &self.jitter else { return Vec::new() };
        match jitter.value.literal() {
            Some(Jitter::Ratio(ratio)) => vec![names.check("jitter", &jitter.tokens, &[ratio.write(names)])],
            Some(_) => Vec::new(),
            None => {
                // Only a whole backoff knows whether its jitter is a ratio; the rest of this one is sound.
                let (private, base, value) =
                    (names.private(), DEFAULT_BASE.write(names), jitter.write(names));
                let backoff = quote!(&#private::Backoff::exp_jitter(#base).jitter(#value));
                let mut checks = Vec::new();
                checks.extend(jitter.binding(names));
                checks.push(names.check("backoff", &jitter.tokens, &[backoff]));
                checks
            }
        }
    }

    /// Whether the worst case of all attempts and waits is within the deadline, underlined at the deadline.
    fn fits(
        &self,
        timeout: Option<&Limit>,
        deadline: Option<&Limit>,
        hedge: Option<&Hedge>,
        names: &Names,
    ) -> Option<TokenStream> {
        // With a preset it is the whole that has to fit.
        let deadline = deadline.filter(|_| !names.has_preset)?;
        let backoff = self.backoff(names)?;
        let timeout = timeout.map(|timeout| timeout.write(names));
        let timeout = timeout.map(|timeout| match hedge {
            Some(hedge) => hedge.longest(timeout, names),
            None => timeout,
        });
        let timeout = timeout.map_or_else(
            || quote!(::core::option::Option::None),
            |timeout| quote!(::core::option::Option::Some(#timeout)),
        );
        let arguments = [quote!(&#backoff), self.write_max(names), timeout, deadline.write(names)];
        Some(names.check("fits_deadline", &deadline.tokens, &arguments))
    }

    /// The part of the site that sets the retry.
    pub(crate) fn site(&self, names: &Names) -> TokenStream {
        let max = self.write_max(names);
        let longest = set("retry_after_max", self.retry_after_max.as_ref(), names);
        if self.is_of_preset() && !self.changes_delays() {
            let max = set("max", self.max.as_ref(), names);
            return quote!(#max #longest);
        }
        match (&self.strategy.value, self.backoff(names)) {
            (Strategy::Policy(path), _) => {
                let reference = quote_spanned!(path.span()=> &);
                quote!(.retry_with(#reference #path, #max) #longest)
            }
            (_, Some(backoff)) => quote!(.retry(#backoff, #max) #longest),
            (_, None) if names.has_preset => quote!(.without_retry()),
            (_, None) => TokenStream::new(),
        }
    }

    /// The const `Backoff`, if there is one.
    fn backoff(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let schedule = match &self.strategy.value {
            Strategy::Named(Schedule::None) | Strategy::Policy(_) => return None,
            Strategy::Const(_) => return Some(self.bound(names)),
            Strategy::Named(schedule) => Some(Ident::new(schedule.name(), Span::call_site())),
            Strategy::OfPreset => None,
        };
        let base = self.write_base(names);
        let schedule = schedule.map(|schedule| quote!(#private::Backoff::#schedule(#base)));
        let start = match schedule {
            Some(schedule) => names.beginning("strategy", std::slice::from_ref(&schedule), schedule.clone()),
            None => names.beginning("backoff", &[], TokenStream::new()),
        };
        let is_based = names.has_preset && self.base.is_some();
        let start = if is_based { quote!(#private::preset::based(#start, #base)) } else { start };
        let cap = self.cap.as_ref().map(|cap| cap.write(names)).map(|cap| quote!(.cap(#cap)));
        let factor =
            self.factor.as_ref().map(|factor| factor.write(names)).map(|factor| quote!(.factor(#factor)));
        let jitter =
            self.jitter.as_ref().map(|jitter| jitter.write(names)).map(|jitter| quote!(.jitter(#jitter)));
        Some(quote!(#start #cap #factor #jitter))
    }

    /// The constant that holds the user's `Backoff`, which both the site and a check read.
    fn binding(&self, names: &Names) -> Option<TokenStream> {
        let Strategy::Const(value) = &self.strategy.value else { return None };
        let (private, name) = (names.private(), self.bound(names));
        Some(quote!(const #name: #private::Backoff = #value;))
    }

    fn bound(&self, names: &Names) -> TokenStream {
        let name = names.bound(&self.strategy.key, &self.strategy.tokens);
        quote!(#name)
    }

    fn write_base(&self, names: &Names) -> TokenStream {
        write_or(self.base.as_ref(), &DEFAULT_BASE, names)
    }

    fn write_max(&self, names: &Names) -> TokenStream {
        match &self.max {
            None => names.beginning("max", &[], DEFAULT_MAX.write(names)),
            Some(max) => max.write(names),
        }
    }

    /// Whether a setting of the delays is there.
    fn changes_delays(&self) -> bool {
        self.base.is_some() || self.cap.is_some() || self.factor.is_some() || self.jitter.is_some()
    }
}
