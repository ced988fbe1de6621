//! `preset`: a named set of policies, overridden key by key.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `preset` | `"critical"`, `"standard"`, `"batch"`, or a const `Preset` | `"standard"` for an attribute that says nothing | the policies the function has where the attribute says nothing else |
//!
//! What a constant holds is not known here. So all that depends on it is written for the most it can hold, and is
//! merged in const evaluation: `__RESILIENT_PRESET` is the preset, `__RESILIENT_PLAN` the preset with what the attribute
//! says in the place of its parts. Rules on several settings look at the plan.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use super::{Key, Room};
use crate::args::Args;
use crate::check::keys::Written;
use crate::diag::{Diagnostics, closest, words};
use crate::names::Names;
use crate::value::{Clause, FromValue, Setting, Target, Wrong, constant, literal, shown};

pub(crate) static ROOM: Room = Room {
    name: "preset",
    headline: None,
    settings: &[Key::new("preset", "\"standard\"")],
    flat: true,
    within: None,
};

/// The keys of the policies that a preset may have.
pub(crate) const POLICIES: [&str; 8] =
    ["retry", "budget", "throttle", "breaker", "rate_limit", "bulkhead", "timeout", "deadline"];

/// The policies that can refuse a call.
pub(crate) const REJECTING: [&str; 6] =
    ["throttle", "breaker", "rate_limit", "bulkhead", "timeout", "deadline"];

const ADVICE: &str = "write \"critical\", \"standard\" or \"batch\", or the path of a const `Preset`";

/// As in the runtime's `Preset`.
const PRESETS: [(&str, (&str, &[&str])); 3] = [
    ("critical", ("CRITICAL", &["retry", "breaker", "rate_limit", "timeout"])),
    ("standard", ("STANDARD", &["retry", "budget", "breaker", "rate_limit", "timeout"])),
    ("batch", ("BATCH", &["retry", "breaker", "rate_limit", "timeout"])),
];

/// Whether a built-in preset has this name.
pub(crate) fn is_name(word: &str) -> bool {
    PRESETS.iter().any(|(name, _)| *name == word)
}

/// Which preset.
#[derive(Clone)]
pub(crate) enum Preset {
    /// A built-in one: its constant, and the policies in it.
    Known(&'static str, &'static [&'static str]),
    /// A constant of the user's.
    Const(Box<Expr>),
}

impl FromValue for Preset {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let known = |name: &str| PRESETS.iter().find(|(known, _)| *known == name);
        let Some((lit, negative)) = literal(value) else {
            let Expr::Path(path) = value else {
                return constant(value).map(|value| Self::Const(Box::new(value)));
            };
            return match path.path.get_ident().and_then(|ident| known(&ident.to_string())) {
                Some((name, _)) => Err(Wrong::new(format!(
                    "`{name}` is the name of a preset; write it in quotes: \"{name}\""
                ))),
                None => constant(value).map(|value| Self::Const(Box::new(value))),
            };
        };
        let text = shown(lit, negative);
        match known(&text).filter(|_| matches!(lit, Lit::Str(_))) {
            Some((_, (constant, policies))) => Ok(Self::Known(constant, policies)),
            None => Err(Wrong::new(match closest(&text.to_lowercase(), &words(&PRESETS)) {
                Some(likely) => format!("unknown preset `{text}`; did you mean `{likely}`?"),
                None => format!("`{text}` is not a preset; {ADVICE}"),
            })),
        }
    }
}

/// The preset, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Setting<Preset>> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    clause.read("preset")
}

impl Preset {
    /// The preset of an attribute that says nothing.
    pub(crate) fn implied(written: &Written) -> Option<Setting<Self>> {
        let [_, (_, (constant, policies)), _] = PRESETS;
        written.is_empty().then(|| Setting::implied(ROOM.name, Self::Known(constant, policies)))
    }

    /// Whether it has a policy of that key, as far as is known.
    pub(crate) fn may_have(&self, key: &str) -> bool {
        match self {
            Self::Known(_, policies) => policies.contains(&key),
            Self::Const(_) => POLICIES.contains(&key),
        }
    }

    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Known(..))
    }

    fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        match self {
            Self::Known(constant, _) => {
                let constant = Ident::new(constant, Span::call_site());
                quote!(#private::Preset::#constant)
            }
            Self::Const(value) => quote!(#value),
        }
    }
}

/// The constant that holds the preset, and the rules on what the user put into it.
pub(crate) fn before(preset: &Setting<Preset>, names: &Names) -> Vec<TokenStream> {
    let (private, name, value) = (names.private(), names.preset(), preset.value.write(names));
    let check = names.check("preset", &preset.tokens, &[quote!(&#name)]);
    let mut checks = vec![quote!(const #name: #private::Preset = #value;)];
    if !preset.value.is_known() {
        checks.push(check);
    }
    checks
}

/// The constant that holds the whole, and the rules on several of its settings.
pub(crate) fn after(preset: &Setting<Preset>, args: &Args) -> Vec<TokenStream> {
    let names = &args.names;
    let Some(overrides) = overrides(args) else {
        return if preset.value.is_known() { Vec::new() } else { rules(preset, args, &names.preset()) };
    };
    let (private, name, plan) = (names.private(), names.preset(), names.plan());
    let mut checks = vec![quote!(const #plan: #private::Preset = #name #overrides;)];
    checks.extend(rules(preset, args, &plan));
    checks
}

/// The part of the site that sets everything.
pub(crate) fn site(args: &Args) -> TokenStream {
    let names = &args.names;
    let plan = plan(args);
    let targets = [
        ("breaker", args.breaker.as_ref().map(|breaker| &breaker.target)),
        ("rate_limit", args.rate_limit.as_ref().map(|rate_limit| &rate_limit.target)),
        ("bulkhead", args.bulkhead.as_ref().map(|bulkhead| &bulkhead.target)),
        ("budget", args.budget.as_ref().map(|budget| &budget.target)),
        ("throttle", args.throttle.as_ref().map(|throttle| &throttle.target)),
    ];
    let mut site = quote!(.preset(&#plan));
    for (key, target) in &targets {
        let source = match target.map(|target| &target.value) {
            None | Some(Target::Own) => None,
            Some(Target::Named(name)) => {
                let (private, by_name) = (names.private(), quote::format_ident!("named_{key}"));
                Some(quote!(#private::preset::#by_name(&#plan, #name)))
            }
            Some(of_static @ Target::Static(..)) => {
                of_static.source(if *key == "breaker" { "Guard" } else { "Source" }, None, names)
            }
        };
        if let Some(source) = source {
            let method = Ident::new(key, Span::call_site());
            site.extend(quote!(.#method(#source)));
        }
    }
    site
}

/// The calls that put what the attribute says into the place of the preset's parts, if it says anything.
fn overrides(args: &Args) -> Option<TokenStream> {
    let names = &args.names;
    let mut off = TokenStream::new();
    for key in &args.off {
        if POLICIES.contains(&key.as_str()) {
            let without = quote::format_ident!("without_{key}");
            off.extend(quote!(.#without()));
        }
    }
    let retry = args.retry.as_ref().map(|retry| retry.site(names));
    let timeouts = super::timeout::site(args.timeout.as_ref(), args.deadline.as_ref(), names);
    let of = |key: &str, target: &Target, config: Option<TokenStream>| {
        let (with, without) = (Ident::new(key, Span::call_site()), quote::format_ident!("without_{key}"));
        match target {
            Target::Static(..) => Some(quote!(.#without())),
            Target::Own | Target::Named(_) => config.map(|config| quote!(.#with(#config))),
        }
    };
    let policies = [
        args.budget.as_ref().and_then(|it| of("budget", &it.target.value, it.config(names))),
        args.throttle.as_ref().and_then(|it| of("throttle", &it.target.value, it.config(names))),
        args.breaker.as_ref().and_then(|it| of("breaker", &it.target.value, it.config(names))),
        args.rate_limit.as_ref().and_then(|it| of("rate_limit", &it.target.value, it.config(names))),
        args.bulkhead.as_ref().and_then(|it| of("bulkhead", &it.target.value, it.config(names))),
    ];
    let policies = policies.iter().flatten();
    let overrides = quote!(#off #retry #(#policies)* #timeouts);
    if overrides.is_empty() { None } else { Some(overrides) }
}

/// The rule for a function that is not async, on a preset that is not known here.
pub(crate) fn blocking(args: &Args) -> Option<TokenStream> {
    let preset = args.preset.as_ref().filter(|preset| !preset.value.is_known())?;
    let names = &args.names;
    let plan = plan(args);
    Some(names.check("plan_blocking", &preset.tokens, &[quote!(&#plan)]))
}

/// The name of the constant that holds everything.
pub(crate) fn plan(args: &Args) -> Ident {
    if overrides(args).is_some() { args.names.plan() } else { args.names.preset() }
}

/// The rules on the whole, each underlined at what the attribute says of it and otherwise at the preset. A built-in
/// preset keeps them by itself.
fn rules(preset: &Setting<Preset>, args: &Args, plan: &Ident) -> Vec<TokenStream> {
    let timeout = args.timeout.as_ref().map(|timeout| &timeout.tokens);
    let deadline = args.deadline.as_ref().map(|deadline| &deadline.tokens);
    let retry = args.retry.as_ref();
    let max = retry.and_then(|retry| retry.max.as_ref()).map(|max| &max.tokens);
    let retry = retry.map(|retry| &retry.strategy.tokens);
    let budget = args.budget.as_ref().map(|budget| &budget.target.tokens);
    let limit = args.rate_limit.as_ref();
    let limit_wait = limit.and_then(|limit| limit.wait_tokens());
    let slot_wait = args.bulkhead.as_ref().and_then(|bulkhead| bulkhead.wait_tokens());
    // With a key each of its values has the rate: how many calls that makes in all is not known.
    let sight = args.breaker.as_ref().and_then(|breaker| breaker.sight());
    let rate = limit.and_then(|limit| limit.rate_tokens());
    let has_key = limit.is_some_and(|limit| limit.key.is_some());
    let breaker = args.breaker.as_ref();
    let slow_call = breaker.and_then(|breaker| breaker.own_slow_call()).map(|slow_call| &slow_call.tokens);
    // No built-in preset says what is slow.
    let may_have_slow_call = !preset.value.is_known() && !breaker.is_some_and(|it| it.is_slow_call_of_block);
    let has_slow_call = slow_call.is_some() || may_have_slow_call;
    let rules = [
        ("plan_timeouts", [timeout, deadline, None, None]),
        ("plan_attempts", [deadline, max, timeout, retry]),
        ("plan_budget", [budget, retry, None, None]),
        ("plan_rate_limit", [limit_wait, deadline, None, None]),
        ("plan_bulkhead", [slot_wait, deadline, None, None]),
        ("plan_window", [sight, rate, None, None]),
        ("plan_slow_call", [slow_call, timeout, None, None]),
    ];
    let otherwise = if preset.value.is_known() { None } else { Some(&preset.tokens) };
    let mut checks = Vec::new();
    for (rule, [first, second, third, fourth]) in &rules {
        if *rule == "plan_window" && has_key || *rule == "plan_slow_call" && !has_slow_call {
            continue;
        }
        if let Some(at) = first.or(*second).or(*third).or(*fourth).or(otherwise) {
            checks.push(args.names.check(rule, at, &[quote!(&#plan)]));
        }
    }
    checks
}
