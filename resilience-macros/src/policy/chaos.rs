//! `chaos`: faults on purpose, in front of the body.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `chaos` | nothing, a name, or the path of a `static Chaos` | | one of the function's own, the one of all who name it, or the one in the `static` |
//! | `latency` | duration | | how long an attempt that is made slow waits |
//! | `latency_rate` | ratio | 0 | the share of attempts that are made slow |
//! | `error` | expression | | the function's error, evaluated where it is injected, with the arguments at hand |
//! | `error_rate` | ratio | 0 | the share of attempts that end with it |
//! | `panic_rate` | ratio | 0 | the share of attempts that panic |
//! | `seed` | whole number | none | makes the faults repeatable |
//! | `enabled` | `true` or `false` | `true` | whether faults are injected before anyone says so at run time |
//! | `release` | `true` or `false` | `false` | lets a build without debug assertions have it |
//!
//! The settings stand in the group, behind the name if there is one: `chaos("db", error = .., error_rate = "5%")`.
//! `error` and `release` belong to the function, everything else to the chaos: a function that names one without
//! settings, as in `chaos("db", error = ..)`, takes the rates from the function that gives them.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{
    Duration, Expression, Flag, FromValue, Kind, Ratio, Seed, Setting, Target, Value, Wrong, checked,
    literal, set, shown, write_or,
};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "chaos",
    headline: Some(Key::new("chaos", "\"db\"").takes(Takes::Optional)),
    settings: &[
        Key::new("latency", "\"200ms\""),
        Key::new("latency_rate", "\"10%\""),
        Key::new("error", "DbError::Lost").noun("an error"),
        Key::new("error_rate", "\"5%\""),
        Key::new("panic_rate", "\"1%\""),
        Key::new("seed", "7"),
        Key::new("enabled", "false"),
        Key::new("release", "true"),
    ],
    flat: false,
    within: None,
};

static KIND: Kind = Kind {
    noun: "a chaos",
    example: "db",
    policy: "Chaos",
    advice: "write a name, like \"db\", the path of a `static Chaos`, or its faults: `chaos(error = .., error_rate = \"5%\")`",
};

/// Which chaos.
struct Headline(Target);

impl FromValue for Headline {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self(Target::Own))
    }

    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let text = literal(value).map(|(lit, negative)| shown(lit, negative));
        match text.filter(|text| text.trim().trim_end_matches('%').trim_end().parse::<f64>().is_ok()) {
            Some(text) => Err(Wrong::new(format!(
                "`{text}` does not say of what; write the rate of a fault: `chaos(panic_rate = \"5%\")`"
            ))),
            None => KIND.read(value).map(Self),
        }
    }
}

/// Faults, with the settings that the site gives them.
pub(crate) struct Chaos {
    pub(crate) target: Setting<Target>,
    latency: Option<Setting<Value<Duration>>>,
    latency_rate: Option<Setting<Value<Ratio>>>,
    pub(crate) error: Option<Setting<Expression>>,
    error_rate: Option<Setting<Value<Ratio>>>,
    panic_rate: Option<Setting<Value<Ratio>>>,
    seed: Option<Setting<Value<Seed>>>,
    enabled: Option<Setting<Value<Flag>>>,
    release: Option<Setting<Value<Flag>>>,
}

/// The faults, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Chaos> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let target = clause.read::<Headline>("chaos");
    let latency = clause.read_in_room("latency");
    let latency_rate = clause.read_in_room("latency_rate");
    let error = clause.read_in_room("error");
    let error_rate = clause.read_in_room("error_rate");
    let panic_rate = clause.read_in_room("panic_rate");
    let seed = clause.read_in_room("seed");
    let enabled = clause.read_in_room("enabled");
    let release = clause.read_in_room("release");
    let target = target?;
    let target = target.with(target.value.0.clone());
    Some(Chaos { target, latency, latency_rate, error, error_rate, panic_rate, seed, enabled, release })
}

impl Chaos {
    /// The const checks of the settings, each alone and in combination.
    pub(crate) fn checks(&self, names: &Names) -> Vec<TokenStream> {
        let Self { latency_rate, error_rate, panic_rate, .. } = self;
        let mut checks = Vec::new();
        checks.extend(checked(self.latency.as_ref(), "chaos_latency", names));
        for rate in [latency_rate, error_rate, panic_rate] {
            checks.extend(checked(rate.as_ref(), "chaos_rate", names));
        }
        checks.extend(self.seed.as_ref().and_then(|seed| seed.binding(names)));
        checks.extend(self.enabled.as_ref().and_then(|enabled| enabled.binding(names)));
        checks.extend(self.release.as_ref().and_then(|release| release.binding(names)));
        if let (Some(errors), Some(panics)) = (error_rate, panic_rate) {
            let arguments = [errors.write(names), panics.write(names)];
            checks.push(names.check("chaos_rates", &panics.tokens, &arguments));
        }
        let key = &self.target.key;
        // Those of the user's crate, where this stands, and not of the runtime.
        let debug = quote_spanned!(key.span()=> ::core::cfg!(debug_assertions));
        let release = write_or(self.release.as_ref(), &Flag(false), names);
        checks.push(names.check("chaos_release", key, &[debug, release]));
        checks
    }

    /// The part of the site that sets the chaos.
    pub(crate) fn site(&self, names: &Names) -> Option<TokenStream> {
        let source = self.target.value.source("Source", self.config(names), names)?;
        let has_error = self.error.is_some();
        Some(quote!(.chaos(#source, #has_error)))
    }

    /// The settings of the chaos, if they are given here.
    fn config(&self, names: &Names) -> Option<TokenStream> {
        let private = names.private();
        let latency = set("latency", self.latency.as_ref(), names);
        let latency_rate = set("latency_rate", self.latency_rate.as_ref(), names);
        let error_rate = set("error_rate", self.error_rate.as_ref(), names);
        let panic_rate = set("panic_rate", self.panic_rate.as_ref(), names);
        let seed = set("seed", self.seed.as_ref(), names);
        let enabled = set("enabled", self.enabled.as_ref(), names);
        let settings = quote!(#latency #latency_rate #error_rate #panic_rate #seed #enabled);
        let is_own = matches!(self.target.value, Target::Own);
        (is_own || !settings.is_empty()).then(|| quote!(#private::ChaosConfig::new() #settings))
    }
}

/// The statements in front of the body of an attempt, for the function's error as it is called there.
pub(crate) fn inject(faults: &Ident, probe: &Ident, error: Option<TokenStream>, blocks: bool) -> TokenStream {
    let inject = if blocks { quote!(#faults.blocking_inject()) } else { quote!(#faults.inject().await) };
    match error {
        None => quote!(_ = #inject;),
        // What gives the error is checked at the user's own expression, against the type that the probe knows.
        Some(error) => quote! {
            if #inject {
                return #probe.fails(|| #error);
            }
        },
    }
}
