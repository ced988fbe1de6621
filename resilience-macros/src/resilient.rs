//! `#[resilient]`, on one screen: parse, check, expand; and the way of a mistake.

use proc_macro2::TokenStream;
use quote::quote;

use crate::args::Args;
use crate::block;
use crate::check;
use crate::diag::Diagnostics;
use crate::expand;
use crate::function::Function;

/// Expands the attribute `#[resilient(attribute)]` on `item`.
///
/// With a mistake in it the item is given back as it was written, beside one error per mistake: its callers
/// compile as if the attribute were not there.
pub(crate) fn resilient(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let args = Args::parse(attribute, &mut diagnostics);
    let expanded = if block::is_block(item) {
        block::expand(item.clone(), &args, &mut diagnostics)
    } else {
        Function::parse(item.clone()).and_then(|function| {
            check::function::check(&function, &args, &mut diagnostics);
            expand::function(&function, &args)
        })
    };
    let expanded = expanded.unwrap_or_else(|error| {
        diagnostics.add(error);
        TokenStream::new()
    });
    match diagnostics.into_compile_errors() {
        None => expanded,
        Some(errors) => quote!(#item #errors),
    }
}
