//! What is written for `cache`: the key, and the way around the attempts.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprTuple, Type};

use super::arguments::Arguments;
use super::driver::{Driver, at_both_ends, local};
use crate::args::Args;
use crate::check::cache::ok_type;
use crate::names::{borrow, ends, parenthesised};
use crate::value::{Expression, Setting};

/// The most arguments that are a key: those of the largest tuple that can be compared.
pub(crate) const LARGEST_KEY: usize = 12;

/// The arguments that are the key, as the fields of a span are written.
pub(super) fn outside(args: &Args, arguments: &Arguments) -> Option<TokenStream> {
    args.cache.as_ref().filter(|cache| cache.key.is_none())?;
    let names = arguments.list.iter().map(|argument| &argument.outer);
    Some(quote!(#(key = #names),*))
}

impl Driver<'_> {
    /// The call that has the answers remembered, and by what.
    pub(super) fn remember(&self, output: &Type) -> Option<TokenStream> {
        let cache = self.args.cache.as_ref()?;
        let probe = local("__probe");
        let copies = at_both_ends(ok_type(output), |first, last| {
            let private = self.args.names.private_at(first);
            let arguments = parenthesised(last, quote!(#probe, ()));
            let copies = Ident::new("copies", last);
            quote_spanned!(first=> <_ as #private::Answer<_>>::#copies #arguments)
        });
        let key = match &cache.key {
            Some(key) => self.key(key),
            None => self.all_arguments(),
        };
        Some(self.remembering(&probe, &copies, &key))
    }

    fn remembering(&self, probe: &Ident, copies: &TokenStream, key: &TokenStream) -> TokenStream {
        let private = self.args.names.private();
        let whole = local("__key");
        let seal = quote!((&&#private::Whole::of(&#whole)).seal(#private::instance(|| ()), #whole));
        let key = quote!({ let #whole = #key; #seal });
        quote!(.remembering(#probe, #copies, #key))
    }

    /// All arguments, a single one as itself.
    fn all_arguments(&self) -> TokenStream {
        let list = &self.arguments.list;
        let own = list.iter().map(|argument| {
            let (mut name, at) = (argument.outer.clone(), ends(&argument.at).0);
            name.set_span(at.resolved_at(name.span()));
            self.own(&borrow(name.to_token_stream(), &argument.at), &argument.at)
        });
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
        let owned = tuple.elems.iter().map(|element| {
            let part = at_both_ends(element, |first, _| Ident::new("__part", first));
            let value = borrow(self.received(element.to_token_stream()), element);
            let own = self.own(&part.to_token_stream(), element);
            quote!({ let #part = #value; #own })
        });
        let owned = owned.collect::<Vec<_>>();
        if owned.is_empty() { quote!(()) } else { quote!({ #parts (#(#owned,)*) }) }
    }

    /// An owned copy of what is `borrowed`, underlined at all of `at`.
    fn own(&self, borrowed: &TokenStream, at: &impl ToTokens) -> TokenStream {
        at_both_ends(at, |first, last| {
            let private = self.args.names.private_at(first);
            let asked = parenthesised(last, borrowed.clone());
            let kind = quote_spanned!(first=> (&&#private::Part::of #asked).kind());
            let arguments = parenthesised(last, quote!(#borrowed, #kind, ()));
            let own = Ident::new("own", last);
            quote_spanned!(first=> #private::CacheKey::#own #arguments)
        })
    }

    /// The attempts, for a call that finds no answer.
    pub(super) fn unless_recalled(&self, call: &Ident, run: TokenStream) -> TokenStream {
        if self.args.cache.is_none() {
            return run;
        }
        quote! {
            if #call.recall() {
                #call.recalled()
            } else {
                #run
            }
        }
    }
}
