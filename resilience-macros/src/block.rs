//! `#[resilient]` on an `impl` block: the default for its async methods.

use std::collections::HashSet;
use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, ImplItem, ItemImpl, Meta};

use crate::args::Args;
use crate::check::keys::{self, Written};
use crate::diag::Diagnostics;
use crate::expand;
use crate::function::Function;
use crate::resilient::protect;

/// Whether `item` is an `impl` block, by the first word after its attributes.
pub(crate) fn is_block(item: &TokenStream) -> bool {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    let word = words.find(|word| word != "unsafe" && word != "default");
    word.is_some_and(|word| word == "impl")
}

/// The block with the attribute on each async method, under what the method's own attribute says. Other methods stay as
/// they are.
pub(crate) fn expand(
    item: TokenStream,
    written: &Written,
    mut args: Args,
    diagnostics: &mut Diagnostics,
) -> syn::Result<TokenStream> {
    let mut block = syn::parse2::<ItemImpl>(item)?;
    if let Some(name) = &args.name {
        diagnostics.push(name, "every method of the block would have this name; write `name` on a method");
    }
    // Once for all methods: what is wrong with a value of the block is one mistake.
    let rules = args.checks().into_iter().filter(is_rule).collect::<Vec<_>>();
    let checked = Rc::new(rules.iter().map(ToString::to_string).collect::<HashSet<_>>());
    let constants = args.checks().into_iter().filter(|check| !is_rule(check));
    let import = args.names.import(&[]);
    let rules = (!rules.is_empty()).then(|| quote!(const _: () = { #import #(#constants)* #(#rules)* };));
    args.checked = Rc::clone(&checked);
    let mut protected = 0_usize;
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let own = method.attrs.iter().filter(|attribute| is_resilient(attribute)).count();
        let first = method.attrs.iter().position(is_resilient);
        if let Some(first) = first.filter(|first| is_skip(&method.attrs[*first])) {
            method.attrs.remove(first);
            protected += 1;
            continue;
        }
        // Several of its own say in their order what the method has, and leave nothing to a default.
        if own > 1 || !expand::waits(&method.sig) {
            protected += own;
            continue;
        }
        let own = first.map(|first| keys::read(tokens(method.attrs.remove(first)), diagnostics));
        let own =
            own.map(|own| Args { checked: Rc::clone(&checked), ..Args::of(&own.over(written), diagnostics) });
        let function = Function::parse(method.to_token_stream())?;
        match protect(&function, own.as_ref().unwrap_or(&args), diagnostics) {
            Ok(expanded) => *item = ImplItem::Verbatim(expanded),
            Err(error) => diagnostics.add(error),
        }
        protected += 1;
    }
    if protected == 0 {
        diagnostics.push(
            block.impl_token,
            "this block has no async method to protect; put `#[resilient]` on one that has",
        );
    }
    Ok(quote!(#rules #block))
}

/// The block without attributes of this kind: as if there were none, which the compiler would expand by themselves.
pub(crate) fn plain(item: &TokenStream) -> TokenStream {
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else { return item.clone() };
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            method.attrs.retain(|attribute| !is_resilient(attribute));
        }
    }
    block.into_token_stream()
}

/// Whether `check` is an assertion, and not a constant that the site needs too.
fn is_rule(check: &TokenStream) -> bool {
    matches!(check.clone().into_iter().nth(1), Some(TokenTree::Ident(name)) if name == "_")
}

/// What stands in the parentheses of `attribute`.
pub(crate) fn tokens(attribute: Attribute) -> TokenStream {
    match attribute.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}

/// Whether `attribute` is `#[resilient(..)]`, under any path.
pub(crate) fn is_resilient(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "resilient")
}

/// Whether `attribute` is `#[resilient(skip)]`.
fn is_skip(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => list.tokens.to_string() == "skip",
        Meta::Path(_) | Meta::NameValue(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_told_from_a_function() {
        assert!(is_block(&quote!(
            #[async_trait]
            impl Store for Db {}
        )));
        assert!(is_block(&quote!(
            unsafe impl Store for Db {}
        )));
        assert!(!is_block(&quote!(
            pub async fn load() {}
        )));
        assert!(!is_block(&quote!(
            fn load() -> impl Future<Output = Result<(), E>> {}
        )));
    }
}
