//! `#[resilient]` on an `impl` block: the default for its async methods.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ImplItem, ItemImpl, Meta};

use crate::args::Args;
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

/// The block with the attribute on each async method that has none of its own. Other methods stay as they are.
pub(crate) fn expand(
    item: TokenStream,
    args: &Args,
    diagnostics: &mut Diagnostics,
) -> syn::Result<TokenStream> {
    let mut block = syn::parse2::<ItemImpl>(item)?;
    if let Some(name) = &args.name {
        diagnostics.push(name, "every method of the block would have this name; write `name` on a method");
    }
    let mut protected = 0_usize;
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let own = method.attrs.iter().position(is_resilient);
        if let Some(own) = own {
            if is_skip(&method.attrs[own]) {
                method.attrs.remove(own);
            }
            protected += 1;
            continue;
        }
        if !expand::waits(&method.sig) {
            continue;
        }
        let function = Function::parse(method.to_token_stream())?;
        match protect(&function, args, diagnostics) {
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
    Ok(block.into_token_stream())
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
    use quote::quote;

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
