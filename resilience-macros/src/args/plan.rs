//! What a preset comes to with what the attribute says of its parts: a constant of its own, the *plan*.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::Args;
use crate::names::Names;
use crate::policy::preset::{POLICIES, Preset};
use crate::policy::timeout;
use crate::value::{Setting, Target};

/// The constant that holds the preset, and the rules on what the user put into it.
pub(super) fn before(preset: &Setting<Preset>, names: &Names) -> Vec<TokenStream> {
    let (private, name, value) = (names.private(), names.preset(), preset.value.write(names));
    let check = names.check("preset", &preset.tokens, &[quote!(&#name)]);
    let mut checks = vec![quote!(const #name: #private::Preset = #value;)];
    if !preset.value.is_known() {
        checks.push(check);
    }
    checks
}

/// The constant that holds the whole, and the rules on several of its settings.
pub(super) fn after(preset: &Setting<Preset>, args: &Args) -> Vec<TokenStream> {
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
pub(super) fn site(args: &Args) -> TokenStream {
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
    let timeouts = timeout::site(args.timeout.as_ref(), args.deadline.as_ref(), names);
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
pub(super) fn plan(args: &Args) -> Ident {
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
