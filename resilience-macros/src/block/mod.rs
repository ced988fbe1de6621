//! `#[resilient]` on an `impl` block: the default for its async methods, key by key.

mod defaults;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, ImplItem, ImplItemFn, ItemImpl, Meta};

use self::defaults::Defaults;
use crate::diag::Diagnostics;
use crate::expand;
use crate::function::Function;
use crate::stacked::{self, is_conditional, is_resilient, tokens};

/// Whether `item` is an `impl` block, by the first word after its attributes.
pub(crate) fn is_block(item: &TokenStream) -> bool {
    for token in item.clone() {
        if let TokenTree::Ident(word) = token
            && word != "unsafe"
            && word != "default"
        {
            return word == "impl";
        }
    }
    false
}

/// The block with its async methods under what `attribute` and their own say. Other methods stay as they are.
///
/// With a mistake in one of the attributes the block is given back without any, beside one error per mistake.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let says = attribute.clone();
    let defaults = Defaults::read(attribute, &mut diagnostics);
    let block = match syn::parse2::<ItemImpl>(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            diagnostics.add(error);
            let errors = diagnostics.into_compile_errors();
            return quote!(#item #errors);
        }
    };
    if let Some(second) = block.attrs.iter().find(|attribute| is_resilient(attribute)) {
        diagnostics.push(
            second.path(),
            "a block has one attribute; write all that its methods have in common in one",
        );
    }
    let bare = bare(block.clone());
    let expanded = protected(block, &says, &defaults, &mut diagnostics);
    match diagnostics.into_compile_errors() {
        None => {
            let checks = defaults.checks();
            quote!(#checks #expanded)
        }
        Some(errors) => quote!(#bare #errors),
    }
}

/// The block with its methods under their policies; its attribute `says` what `defaults` has read.
fn protected(
    mut block: ItemImpl,
    says: &TokenStream,
    defaults: &Defaults,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let mut protected = 0_usize;
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        for attribute in method.attrs.iter().filter(|attribute| is_conditional(attribute)) {
            diagnostics.push(
                attribute.path(),
                "what `cfg_attr` adds is not seen under a block's attribute; write the method once for each `#[cfg(..)]`, \
                 with the attribute it needs",
            );
        }
        if let Some(skip) = method.attrs.iter().position(is_skip) {
            method.attrs.remove(skip);
            protected += 1;
            continue;
        }
        let own = method.attrs.iter().filter(|attribute| is_resilient(attribute)).count();
        if !is_default_of(method) {
            protected += own;
            continue;
        }
        protected += 1;
        let own = method.attrs.iter().position(is_resilient);
        let own = own.map(|own| tokens(method.attrs.remove(own)));
        let expanded =
            Function::parse(method.to_token_stream()).and_then(|function| {
                match stacked::unknown(says, &function) {
                    Some(error) => Err(error),
                    None => Ok(defaults.protect(&function, own, diagnostics)),
                }
            });
        match expanded {
            Ok(expanded) => *item = ImplItem::Verbatim(expanded),
            Err(error) => diagnostics.add(error),
        }
    }
    if protected == 0 {
        diagnostics.push(
            block.impl_token,
            "this block has no async method to protect; put `#[resilient]` on one that has",
        );
    }
    block.into_token_stream()
}

/// The block without the attributes that only mean something beside its own.
fn bare(mut block: ItemImpl) -> TokenStream {
    block.attrs.retain(|attribute| !is_resilient(attribute));
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            let is_default = is_default_of(method);
            method.attrs.retain(|attribute| {
                let is_said_beside = is_skip(attribute) || is_conditional(attribute);
                let is_merged = is_default && is_resilient(attribute);
                !(is_said_beside || is_merged)
            });
        }
    }
    block.into_token_stream()
}

/// Whether the block's attribute is the default of `method`. Several of its own say in their order what it has, and
/// leave nothing to a default.
fn is_default_of(method: &ImplItemFn) -> bool {
    let own = method.attrs.iter().filter(|attribute| is_resilient(attribute)).count();
    own <= 1 && expand::waits(&method.sig)
}

/// Whether `attribute` is `#[resilient(skip)]`.
fn is_skip(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => is_resilient(attribute) && list.tokens.to_string() == "skip",
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

    /// How often `needle` stands in what the attribute makes of a block with these `methods`.
    fn count(attribute: TokenStream, methods: &TokenStream, needle: &str) -> usize {
        expand(attribute, &quote!(impl Client { #methods })).to_string().matches(needle).count()
    }

    #[test]
    fn a_rule_of_the_block_is_evaluated_once_and_one_of_a_method_in_the_method() {
        let methods = quote!(
            async fn load(&self) -> Result<(), E> {}
            async fn store(&self) -> Result<(), E> {}
            #[resilient(deadline = "2s")]
            async fn send(&self) -> Result<(), E> {}
        );
        let count = |rule| count(quote!(timeout = T, deadline = "9s"), &methods, rule);
        assert_eq!(count(":: check :: timeout ("), 1);
        assert_eq!(count(":: check :: deadline ("), 2);
        assert_eq!(count(":: check :: timeout_below_deadline ("), 2);
    }

    #[test]
    fn a_call_that_is_slow_in_one_method_need_not_be_possible_in_another() {
        let methods = quote!(
            #[resilient(timeout = "1s")]
            async fn load(&self) -> Result<(), E> {}
            #[resilient(breaker(slow_call = "5s"))]
            async fn store(&self) -> Result<(), E> {}
        );
        let block = quote!(breaker("db", slow_rate = 0.5, slow_call = "2s"), timeout = "10s");
        // One for the block, and one for the method that says when a call of it is slow.
        assert_eq!(count(block, &methods, ":: check :: slow_call_below_timeout ("), 2);
    }

    #[test]
    fn a_bound_on_hints_need_not_be_shorter_than_the_deadline_of_one_method() {
        let methods = quote!(
            #[resilient(deadline = "2s")]
            async fn load(&self) -> Result<(), E> {}
            #[resilient(retry_after_max = "3s")]
            async fn store(&self) -> Result<(), E> {}
        );
        let count = |block| count(block, &methods, ":: check :: retry_after_below_deadline (");
        // The second method says a bound of its own, which is compared with the block's deadline.
        assert_eq!(count(quote!(retry = "exp", retry_after_max = "1m")), 0);
        assert_eq!(count(quote!(retry = "exp", retry_after_max = "1m", deadline = "9m")), 2);
    }

    #[test]
    fn a_block_with_a_mistake_keeps_only_attributes_that_stand_for_themselves() {
        let methods = quote!(
            #[resilient(max = 5)]
            async fn load(&self) -> Result<(), E> {}
            #[resilient(skip)]
            async fn store(&self) -> Result<(), E> {}
            #[resilient(retry = "exp")]
            fn read(&self) -> Result<(), E> {}
        );
        assert_eq!(count(quote!(timeuot = "1s"), &methods, "compile_error"), 1);
        assert_eq!(count(quote!(timeuot = "1s"), &methods, "resilient ("), 1);
    }
}
