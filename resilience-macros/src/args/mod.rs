//! The attribute's top level: which options exist, and what they say together.

pub(crate) mod plan;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Pat};

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::policy;
use crate::policy::breaker::Breaker;
use crate::policy::budget::Budget;
use crate::policy::bulkhead::Bulkhead;
use crate::policy::cache::Cache;
use crate::policy::chaos::Chaos;
use crate::policy::coalesce::Coalesce;
use crate::policy::fallback::Fallback;
use crate::policy::hedge::Hedge;
use crate::policy::preset::{self, Preset};
use crate::policy::rate_limit::RateLimit;
use crate::policy::retry::Retry;
use crate::policy::throttle::Throttle;
use crate::policy::timeout::Limit;
use crate::value::{Callable, Expression, Level, Setting};
use crate::written::Written;

/// What `#[resilient(..)]` says.
pub(crate) struct Args {
    pub(crate) preset: Option<Setting<Preset>>,
    /// The keys of the policies that are switched off.
    pub(crate) off: Vec<String>,
    pub(crate) retry: Option<Retry>,
    pub(crate) hedge: Option<Hedge>,
    pub(crate) idempotency_key: Option<Setting<Expression>>,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) bulkhead: Option<Bulkhead>,
    pub(crate) budget: Option<Budget>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) timeout: Option<Limit>,
    pub(crate) deadline: Option<Limit>,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) cache: Option<Cache>,
    pub(crate) coalesce: Option<Coalesce>,
    pub(crate) chaos: Option<Chaos>,
    pub(crate) when: Option<Setting<Callable>>,
    pub(crate) when_ok: Option<Setting<Callable>>,
    pub(crate) map_rejected: Option<Setting<Callable>>,
    pub(crate) name: Option<LitStr>,
    /// As `tracing`'s macros take them.
    pub(crate) fields: Option<TokenStream>,
    pub(crate) level: Level,
    pub(crate) names: Names,
    /// Whether a block's attribute is the default of it.
    pub(crate) is_of_block: bool,
    /// In a block, the items of [`checks`](Self::checks) that are left for the method.
    pub(crate) checks: Option<Vec<TokenStream>>,
}

/// What an answer that is given more than once is found by.
#[derive(Clone, Copy)]
pub(crate) enum FoundBy<'a> {
    /// All of them.
    Arguments,
    Key(&'a Setting<Expression>),
}

impl<'a> FoundBy<'a> {
    /// The key, if one is written.
    pub(crate) fn key(self) -> Option<&'a Setting<Expression>> {
        match self {
            Self::Arguments => None,
            Self::Key(key) => Some(key),
        }
    }
}

impl Args {
    /// Reads the values of the keys; always returns what could be understood, and reports everything else.
    pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Self {
        let preset = preset::read(written, diagnostics);
        let preset = preset.or_else(|| Preset::implied(written));
        let retries = policy::retry::read(written, diagnostics);
        let hedge = policy::hedge::read(written, diagnostics);
        let idempotency_key = policy::idempotency::read(written, diagnostics);
        let breaker = policy::breaker::read(written, diagnostics);
        let rate_limit = policy::rate_limit::read(written, diagnostics);
        let bulkhead = policy::bulkhead::read(written, diagnostics);
        let budget = policy::budget::read(written, diagnostics);
        let throttle = policy::throttle::read(written, diagnostics);
        let timeouts = policy::timeout::read(written, diagnostics);
        let fallback = Fallback::read(written, diagnostics);
        let cache = policy::cache::read(written, diagnostics);
        let coalesce = policy::coalesce::read(written, diagnostics);
        let chaos = policy::chaos::read(written, diagnostics);
        let span = policy::span::read(written, diagnostics);
        let mut call = policy::call::read(written, diagnostics);
        call.names.has_preset = preset.is_some();
        let mut off = Vec::new();
        for (_, key) in &written.off() {
            off.push(key.to_string());
        }
        Self {
            // Without a preset, settings alone change nothing.
            retry: retries.retry.filter(|retry| preset.is_some() || !retry.is_of_preset()),
            off,
            preset,
            hedge,
            idempotency_key,
            breaker,
            rate_limit,
            bulkhead,
            budget,
            throttle,
            timeout: timeouts.timeout,
            deadline: timeouts.deadline,
            fallback,
            cache,
            coalesce,
            chaos,
            when: retries.when,
            when_ok: retries.when_ok,
            map_rejected: call.map_rejected,
            name: span.name,
            fields: written.tokens("fields"),
            level: span.level.unwrap_or_default(),
            names: call.names,
            is_of_block: written.is_of_block,
            checks: None,
        }
    }

    /// Whether the body may run more than once, so that by-value arguments have to be cloned.
    pub(crate) fn reruns_body(&self) -> bool {
        self.hedge.is_some()
            || self.retry.as_ref().map_or_else(|| self.preset_has("retry"), Retry::reruns_body)
    }

    /// The policies that the function's code asks, as a sum of constants: those that are not in it cost nothing.
    pub(crate) fn has(&self) -> TokenStream {
        let private = self.names.private();
        let policies = [
            ("breaker", self.breaker.is_some(), "BREAKER"),
            ("throttle", self.throttle.is_some(), "THROTTLE"),
            ("rate_limit", self.rate_limit.is_some(), "RATE_LIMIT"),
            ("bulkhead", self.bulkhead.is_some(), "BULKHEAD"),
            ("budget", self.budget.is_some(), "BUDGET"),
            ("deadline", self.deadline.is_some(), "DEADLINE"),
        ];
        let mut names = Vec::new();
        for (key, is_there, name) in &policies {
            if *is_there || self.preset_has(key) {
                names.push(Ident::new(name, Span::mixed_site()));
            }
        }
        if names.is_empty() {
            names.push(Ident::new("NOTHING", Span::mixed_site()));
        }
        quote!(#(#private::has::#names)|*)
    }

    /// Whether an attempt has more to ask than the breaker.
    pub(crate) fn is_limited(&self) -> bool {
        let is_limited = self.throttle.is_some() || self.rate_limit.is_some() || self.bulkhead.is_some();
        is_limited || ["throttle", "rate_limit", "bulkhead"].iter().any(|key| self.preset_has(key))
    }

    /// The key of the first policy that can refuse a call, which the user's error then has to be made from.
    pub(crate) fn rejects(&self) -> Option<&Ident> {
        let throttle = self.throttle.as_ref().map(|throttle| &throttle.target.key);
        let breaker = self.breaker.as_ref().map(|breaker| &breaker.target.key);
        let rate_limit = self.rate_limit.as_ref().map(|rate_limit| &rate_limit.target.key);
        let bulkhead = self.bulkhead.as_ref().map(|bulkhead| &bulkhead.target.key);
        let limit = self.timeout.as_ref().or(self.deadline.as_ref()).map(|limit| &limit.key);
        let preset =
            self.preset.as_ref().filter(|_| preset::REJECTING.iter().any(|key| self.preset_has(key)));
        let preset = preset.map(|preset| &preset.key);
        breaker.or(rate_limit).or(bulkhead).or(throttle).or(limit).or(preset)
    }

    /// The key of a built-in preset whose timeout holds.
    pub(crate) fn preset_timeout(&self) -> Option<&Ident> {
        let preset = self.preset.as_ref().filter(|preset| preset.value.is_known())?;
        (self.timeout.is_none() && self.preset_has("timeout")).then_some(&preset.key)
    }

    /// Whether the preset may give the function the policy of that key.
    fn preset_has(&self, key: &str) -> bool {
        let may_have = self.preset.as_ref().is_some_and(|preset| preset.value.may_have(key));
        may_have && !self.off.iter().any(|off| off == key)
    }

    /// The last parameters of closures that take the error of what may be a value: see `when_ok`.
    pub(crate) fn answers_for_values(&self, arguments: usize) -> Vec<&Pat> {
        match &self.fallback {
            Some(fallback) if self.when_ok.is_some() => fallback.errors(arguments),
            _ => Vec::new(),
        }
    }

    /// The expressions of settings that are evaluated once a call, in front of the attempts.
    pub(crate) fn expressions(&self) -> Vec<&Expression> {
        let key = self.rate_limit.as_ref().and_then(|rate_limit| rate_limit.key.as_ref());
        let priority = self.bulkhead.as_ref().and_then(|bulkhead| bulkhead.priority.as_ref());
        let answers_by = self.found_by().and_then(FoundBy::key);
        let mut expressions = Vec::new();
        for setting in [key, priority, self.idempotency_key.as_ref(), answers_by].iter().flatten() {
            expressions.push(&setting.value);
        }
        expressions
    }

    /// What answers are found by, where a policy looks for them.
    pub(crate) fn found_by(&self) -> Option<FoundBy<'_>> {
        let key = match (&self.cache, &self.coalesce) {
            (Some(cache), _) => &cache.key,
            (None, Some(coalesce)) => &coalesce.key,
            (None, None) => return None,
        };
        Some(key.as_ref().map_or(FoundBy::Arguments, FoundBy::Key))
    }

    /// The error that `chaos` may end an attempt with.
    pub(crate) fn injected_error(&self) -> Option<&Expression> {
        self.chaos.as_ref()?.error.as_ref().map(|error| &error.value)
    }

    /// The items that check every value and combination at compile time.
    pub(crate) fn checks(&self) -> Vec<TokenStream> {
        if let Some(checks) = &self.checks {
            return checks.clone();
        }
        let (names, timeout, deadline) = (&self.names, self.timeout.as_ref(), self.deadline.as_ref());
        let preset = self.preset.as_ref();
        let mut checks = preset.map(|preset| plan::before(preset, names)).unwrap_or_default();
        checks.extend(policy::timeout::checks(timeout, deadline, names));
        let hedge = self.hedge.as_ref();
        // One by one: an iterator for each would be compiled to much code, in every user's build.
        if let Some(retry) = &self.retry {
            checks.extend(retry.checks(timeout, deadline, hedge, names));
        }
        if let Some(hedge) = hedge {
            checks.extend(hedge.checks(timeout, deadline, names));
        }
        if let Some(breaker) = &self.breaker {
            checks.extend(breaker.checks(timeout, names));
        }
        if let Some(limit) = &self.rate_limit {
            checks.extend(limit.checks(self.breaker.as_ref(), deadline, names));
        }
        if let Some(bulkhead) = &self.bulkhead {
            checks.extend(bulkhead.checks(deadline, names));
        }
        if let Some(budget) = &self.budget {
            checks.extend(budget.checks(names));
        }
        if let Some(throttle) = &self.throttle {
            checks.extend(throttle.checks(names));
        }
        if let Some(cache) = &self.cache {
            checks.extend(cache.checks(names));
        }
        if let Some(chaos) = &self.chaos {
            checks.extend(chaos.checks(names));
        }
        if let Some(preset) = preset {
            checks.extend(plan::after(preset, self));
        }
        if let (Some(hedge), Some(_)) = (hedge, preset) {
            checks.extend(hedge.check_plan(&plan::plan(self), names));
        }
        checks
    }

    /// The calls that describe the function to the builder of its site.
    pub(crate) fn site(&self) -> TokenStream {
        let names = &self.names;
        let policies = if self.preset.is_some() { plan::site(self) } else { self.policies() };
        let cache = self.cache.as_ref().and_then(|cache| cache.site(names));
        let coalesce = self.coalesce.as_ref().map(|_| Coalesce::site());
        let chaos = self.chaos.as_ref().and_then(|chaos| chaos.site(names));
        let span = policy::span::site(self.name.as_ref(), self.level, names);
        let hedge = self.hedge.as_ref().map(|hedge| hedge.site(names));
        quote!(#policies #hedge #cache #coalesce #chaos #span)
    }

    /// Those of the policies that a preset may have, without one.
    fn policies(&self) -> TokenStream {
        let names = &self.names;
        let retry = self.retry.as_ref().map(|retry| retry.site(names));
        let breaker = self.breaker.as_ref().and_then(|breaker| breaker.site(names));
        let rate_limit = self.rate_limit.as_ref().and_then(|rate_limit| rate_limit.site(names));
        let bulkhead = self.bulkhead.as_ref().and_then(|bulkhead| bulkhead.site(names));
        let budget = self.budget.as_ref().and_then(|budget| budget.site(names));
        let throttle = self.throttle.as_ref().and_then(|throttle| throttle.site(names));
        let timeouts = policy::timeout::site(self.timeout.as_ref(), self.deadline.as_ref(), names);
        quote!(#retry #breaker #rate_limit #bulkhead #budget #throttle #timeouts)
    }
}
