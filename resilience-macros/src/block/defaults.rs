//! What the attribute of a block says to its methods, and who is at fault where the two do not go together.

use std::fmt::Write as _;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

use crate::args::Args;
use crate::check::{self, function};
use crate::diag::{Diagnostics, place, told};
use crate::expand;
use crate::function::Function;
use crate::keys::{self, merge};
use crate::names::{ends, moved};
use crate::written::Written;

/// The attribute of a block.
pub(super) struct Defaults {
    written: Written,
    args: Args,
    /// Where its tokens stand.
    places: Vec<String>,
    /// Its rules, as [`marks`] tells them apart.
    rules: Vec<String>,
}

impl Defaults {
    pub(super) fn read(attribute: TokenStream, diagnostics: &mut Diagnostics) -> Self {
        let mut places = Vec::new();
        each(&attribute, &mut |token| {
            places.push(place(token.span()));
        });
        let written = keys::read(attribute, diagnostics);
        let args = check::checked(written.clone(), diagnostics);
        if let Some(name) = &args.name {
            diagnostics
                .push(name, "every method of the block would have this name; write `name` on a method");
        }
        let rules = marks(&args.checks());
        Self { written, args, places, rules }
    }

    /// The rules that the block has to keep by itself: in front of it, so that they fail once and not in each method.
    pub(super) fn checks(&self) -> Option<TokenStream> {
        let checks = self.args.checks();
        let import = self.args.names.import(&[]);
        checks.iter().any(is_rule).then(|| quote!(const _: () = { #import #(#checks)* };))
    }

    /// The method under what the block and its own attribute say; as it was written where it cannot be.
    pub(super) fn protect(
        &self,
        method: &Function,
        own: Option<TokenStream>,
        diagnostics: &mut Diagnostics,
    ) -> TokenStream {
        let own = own.map(|own| merge::read(own, &self.written, diagnostics)).unwrap_or_default();
        let args = self.merge(&own, diagnostics);
        let mistakes = function::mistakes(method, &args);
        if mistakes.is_empty() {
            return expand::function(method, &args);
        }
        for mistake in mistakes {
            let is_told = |rest| {
                let mistakes = function::mistakes(method, &self.parse(rest).0);
                mistakes.iter().any(|other| told(other) == told(&mistake))
            };
            let culprit = if self.has(mistake.span()) { culprit(&own, |rest| !is_told(rest)) } else { None };
            diagnostics
                .add(culprit.map_or_else(|| mistake.clone(), |at| syn::Error::new_spanned(at, &mistake)));
        }
        TokenStream::new()
    }

    /// What the block and the method say together. Where the two do not fit, the method is to blame: the block is sound
    /// by itself.
    fn merge(&self, own: &Written, diagnostics: &mut Diagnostics) -> Args {
        let mut found = Diagnostics::default();
        let mut args = check::checked(own.clone().over(&self.written), &mut found);
        for error in found.errors() {
            if diagnostics.contains(error) {
                // A mistake of the block's, found in each method.
                continue;
            }
            let culprit = if self.has(error.span()) {
                culprit(own, |rest| !self.parse(rest).1.contains(error))
            } else {
                None
            };
            diagnostics.add(match culprit {
                Some(at) => syn::Error::new_spanned(at, error),
                None => error.clone(),
            });
        }
        let checks = args.checks();
        let marks_of_checks = marks(&checks);
        let mut left = Vec::new();
        for (item, mark) in checks.into_iter().zip(&marks_of_checks) {
            if !is_rule(&item) || !self.has(ends(&item).0) {
                left.push(item);
            } else if !self.rules.contains(mark) {
                let culprit = culprit(own, |rest| !marks(&self.parse(rest).0.checks()).contains(mark));
                left.push(match culprit {
                    Some(at) => moved(item, &at),
                    None => item,
                });
            }
        }
        args.checks = Some(left);
        args
    }

    fn parse(&self, own: Written) -> (Args, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        (check::checked(own.over(&self.written), &mut diagnostics), diagnostics)
    }

    /// Whether `span` is in the block's attribute.
    fn has(&self, span: Span) -> bool {
        self.places.contains(&place(span))
    }
}

/// The value of the first key without which it would be `better`.
fn culprit(own: &Written, mut better: impl FnMut(Written) -> bool) -> Option<TokenStream> {
    for index in 0..own.len() {
        if better(own.without(index)) {
            return Some(own.value(index));
        }
    }
    None
}

/// Whether `item` is a rule, and not a constant that the rules read.
fn is_rule(item: &TokenStream) -> bool {
    item.clone().into_iter().nth(1).is_some_and(|name| name.to_string() == "_")
}

/// What tells each of the items from others: its tokens, where they stand, and the same of the constants it reads.
fn marks(items: &[TokenStream]) -> Vec<String> {
    // Only a few: a walk is as good as a map.
    let mut constants = Vec::<(String, String)>::new();
    let mut marks = Vec::new();
    for item in items {
        let mut mark = String::new();
        each(item, &mut |token| {
            // Writing to a `String` cannot fail.
            let _ = write!(mark, "{token}@{} ", place(token.span()));
            if let TokenTree::Ident(name) = token
                && let Some((_, constant)) = constants.iter().rfind(|(known, _)| name == known)
            {
                mark.push_str(constant);
            }
        });
        if let (false, Some(name)) = (is_rule(item), item.clone().into_iter().nth(1)) {
            constants.push((name.to_string(), mark.clone()));
        }
        marks.push(mark);
    }
    marks
}

/// All tokens, those in groups too.
fn each(tokens: &TokenStream, visit: &mut dyn FnMut(&TokenTree)) {
    for token in tokens.clone() {
        visit(&token);
        if let TokenTree::Group(group) = &token {
            each(&group.stream(), visit);
        }
    }
}
