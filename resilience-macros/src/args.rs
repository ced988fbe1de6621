//! The attribute's top level: which options exist, and what they say together.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::check::{combine, keys};
use crate::diag::Diagnostics;
use crate::names::Names;
use crate::policy::breaker::{Breaker, BreakerClause};
use crate::policy::call::CallClause;
use crate::policy::fallback::FallbackClause;
use crate::policy::retry::{Retry, RetryClause};
use crate::policy::span::SpanClause;
use crate::policy::timeout::{Limit, TimeoutClause};
use crate::policy::{self, Clause};
use crate::value::{Callable, Level, Setting};

/// What `#[resilient(..)]` says.
#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) retry: Option<Retry>,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) timeout: Option<Limit>,
    pub(crate) deadline: Option<Limit>,
    pub(crate) fallback: Option<Setting<Callable>>,
    pub(crate) when: Option<Setting<Callable>>,
    pub(crate) when_ok: Option<Setting<Callable>>,
    pub(crate) map_rejected: Option<Setting<Callable>>,
    pub(crate) name: Option<LitStr>,
    /// As `tracing`'s macros take them.
    pub(crate) fields: Option<TokenStream>,
    pub(crate) level: Level,
    pub(crate) names: Names,
}

impl Args {
    /// Reads the attribute; always returns what could be understood, and reports everything else.
    pub(crate) fn parse(attribute: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let written = keys::read(attribute, diagnostics);
        let retries = written.clause::<RetryClause>(&policy::retry::ROOM, diagnostics).check(diagnostics);
        let breaker = written.clause::<BreakerClause>(&policy::breaker::ROOM, diagnostics).check(diagnostics);
        let timeouts =
            written.clause::<TimeoutClause>(&policy::timeout::ROOM, diagnostics).check(diagnostics);
        let fallback =
            written.clause::<FallbackClause>(&policy::fallback::ROOM, diagnostics).check(diagnostics);
        let span = written.clause::<SpanClause>(&policy::span::ROOM, diagnostics).check(diagnostics);
        let call = written.clause::<CallClause>(&policy::call::ROOM, diagnostics).check(diagnostics);
        let args = Self {
            retry: retries.retry,
            breaker,
            timeout: timeouts.timeout,
            deadline: timeouts.deadline,
            fallback,
            when: retries.when,
            when_ok: retries.when_ok,
            map_rejected: call.map_rejected,
            name: span.name,
            fields: written.tokens("fields"),
            level: span.level.unwrap_or_default(),
            names: call.names,
        };
        combine::check(&args, &written, diagnostics);
        args
    }

    /// Whether the body may run more than once, so that by-value arguments have to be cloned.
    pub(crate) fn reruns_body(&self) -> bool {
        self.retry.as_ref().is_some_and(Retry::reruns_body)
    }

    /// The key of the first policy that can refuse a call, which the user's error then has to be made from.
    pub(crate) fn rejects(&self) -> Option<&Ident> {
        let breaker = self.breaker.as_ref().map(|breaker| &breaker.target.key);
        let limit = self.timeout.as_ref().or(self.deadline.as_ref()).map(|limit| &limit.key);
        breaker.or(limit)
    }

    /// The items that check every value and combination at compile time.
    pub(crate) fn checks(&self) -> Vec<TokenStream> {
        let (timeout, deadline) = (self.timeout.as_ref(), self.deadline.as_ref());
        let mut checks = policy::timeout::checks(timeout, deadline, &self.names);
        if let Some(retry) = &self.retry {
            checks.extend(retry.checks(timeout, deadline, &self.names));
        }
        if let Some(breaker) = &self.breaker {
            checks.extend(breaker.checks(timeout, &self.names));
        }
        checks
    }

    /// The calls that describe the function's policies to the builder of its site.
    pub(crate) fn site(&self) -> TokenStream {
        let names = &self.names;
        let retry = self.retry.as_ref().map(|retry| retry.site(names));
        let breaker = self.breaker.as_ref().map(|breaker| breaker.site(names));
        let timeouts = policy::timeout::site(self.timeout.as_ref(), self.deadline.as_ref(), names);
        let span = policy::span::site(self.name.as_ref(), self.level, names);
        quote!(#retry #breaker #timeouts #span)
    }
}
