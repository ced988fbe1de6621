//! What is written for `cache` and `coalesce`: the key, and the way around the attempts.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprTuple, Type};

use super::arguments::{Argument, Arguments};
use super::driver::{Driver, at_both_ends, local};
use crate::args::{Args, FoundBy};
use crate::names::{borrow, ends, parenthesised};
use crate::types::{error_type, ok_type};
use crate::value::{Expression, Setting};

/// The most arguments that are a key: those of the largest tuple that can be compared.
pub(crate) const LARGEST_KEY: usize = 12;

/// The arguments that are the key, as the fields of a span are written.
pub(super) fn outside(args: &Args, arguments: &Arguments) -> Option<TokenStream> {
    args.found_by().filter(|found_by| found_by.key().is_none())?;
    let names = arguments.list.iter().map(|argument| &argument.outer);
    Some(quote!(#(key = #names),*))
}

impl Driver<'_> {
    /// The statement that binds what answers are found by, and what the call does with it.
    pub(super) fn sharing(&self, output: &Type) -> (Option<TokenStream>, Option<TokenStream>) {
        let Some(found_by) = self.args.found_by() else { return (None, None) };
        let (private, sealed, whole) = (self.args.names.private(), local("__sealed"), local("__whole"));
        let (key, excuse) = match found_by {
            FoundBy::Key(key) => (self.key(key), None),
            FoundBy::Arguments => {
                (self.all_arguments(), self.arguments.list.iter().find_map(Argument::excuse))
            }
        };
        let statement = quote! {
            #excuse
            let #whole = #key;
            let #sealed = (&&#private::Whole::of(&#whole)).__seal(#private::instance(|| ()), #whole);
        };
        let coalescing = self.args.coalesce.as_ref().map(|_| {
            let answers = self.copies(ok_type(output), "Shareable", "answers");
            let errors = self.copies(error_type(output), "Shareable", "errors");
            let probe = local("__probe");
            let key = if self.args.cache.is_some() {
                quote!(::core::clone::Clone::clone(&#sealed))
            } else {
                quote!(#sealed)
            };
            quote!(.coalescing(#probe, #answers, #errors, #key))
        });
        let remembering = self.args.cache.as_ref().map(|_| {
            let (probe, copies) = (local("__probe"), self.copies(ok_type(output), "Answer", "copies"));
            quote!(.remembering(#probe, #copies, #sealed))
        });
        (Some(statement), Some(quote!(#coalescing #remembering)))
    }

    /// How values of the type at `at` are copied.
    fn copies(&self, at: &Type, by: &str, method: &str) -> TokenStream {
        at_both_ends(at, |first, last| {
            let private = self.args.names.private_at(first);
            let probe = local("__probe");
            let arguments = parenthesised(last, quote!(#probe, ()));
            let (by, method) = (Ident::new(by, first), Ident::new(method, last));
            quote_spanned!(first=> <_ as #private::#by<_>>::#method #arguments)
        })
    }

    /// All arguments, a single one as itself.
    fn all_arguments(&self) -> TokenStream {
        let list = &self.arguments.list;
        let mut own = Vec::new();
        for argument in list {
            let (mut name, at) = (argument.outer.clone(), ends(&argument.at).0);
            name.set_span(at.resolved_at(name.span()));
            own.push(self.own(&borrow(name.to_token_stream(), &argument.at), &argument.at));
        }
        if list.len() == 1 { quote!(#(#own)*) } else { quote!((#(#own),*)) }
    }

    /// What the answer depends on.
    fn key(&self, key: &Setting<Expression>) -> TokenStream {
        if let Expr::Tuple(tuple) = &key.value.0 {
            return self.tuple(key, tuple);
        }
        let value = borrow(self.received(key.to_token_stream()), key);
        let part = at_both_ends(key, |first, _| Ident::new("__part", first));
        let parts = self.parts(&super::as_field(&key.value));
        let own = self.own(&part.to_token_stream(), key);
        quote!({ #parts let #part = #value; #own })
    }

    /// A key of several parts, each by itself: nothing is moved into a tuple, and of what is borrowed a copy is kept.
    fn tuple(&self, key: &Setting<Expression>, tuple: &ExprTuple) -> TokenStream {
        let parts = self.parts(&super::as_field(&key.value));
        let mut owned = Vec::new();
        for element in &tuple.elems {
            let part = at_both_ends(element, |first, _| Ident::new("__part", first));
            let value = borrow(self.received(element.to_token_stream()), element);
            let own = self.own(&part.to_token_stream(), element);
            owned.push(quote!({ let #part = #value; #own }));
        }
        if owned.is_empty() { quote!(()) } else { quote!({ #parts (#(#owned,)*) }) }
    }

    /// An owned copy of what is `borrowed`, underlined at all of `at`.
    fn own(&self, borrowed: &TokenStream, at: &dyn ToTokens) -> TokenStream {
        at_both_ends(at, |first, last| {
            let private = self.args.names.private_at(first);
            let asked = parenthesised(last, borrowed.clone());
            let kind = quote_spanned!(first=> (&&#private::Part::of #asked).__kind());
            let arguments = parenthesised(last, quote!(#borrowed, #kind, ()));
            let own = Ident::new("own", last);
            quote_spanned!(first=> #private::CacheKey::#own #arguments)
        })
    }

    /// The attempts, for a call that finds no answer and nobody who asks for the same.
    pub(super) fn unless_answered(&self, call: &Ident, run: TokenStream) -> TokenStream {
        let run = self.unless_coalesced(call, run);
        if self.args.cache.is_none() {
            return run;
        }
        quote! {
            if (&mut #call).recall() {
                (&mut #call).recalled()
            } else {
                #run
            }
        }
    }

    fn unless_coalesced(&self, call: &Ident, run: TokenStream) -> TokenStream {
        if self.args.coalesce.is_none() {
            return run;
        }
        let result = local("__result");
        let board = if self.blocks { quote!(blocking_board()) } else { quote!(board().await) };
        quote! {
            match (&mut #call).#board {
                ::core::ops::ControlFlow::Break(#result) => #result,
                ::core::ops::ControlFlow::Continue(()) => #run,
            }
        }
    }

    /// The statement that makes an attempt, unless a failure that is shared leaves the fallback alone to be asked.
    pub(super) fn unless_failed(&self, call: &Ident, attempt: TokenStream) -> TokenStream {
        if self.args.coalesce.is_some() && self.args.fallback.is_some() {
            quote!(if !(&#call).falls_back() { #attempt })
        } else {
            attempt
        }
    }
}
