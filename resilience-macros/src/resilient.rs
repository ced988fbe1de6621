//! `#[resilient]`, on one screen: parse, check, expand; and the way of a mistake.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::args::Args;
use crate::block;
use crate::check;
use crate::diag::Diagnostics;
use crate::expand;
use crate::function::Function;
use crate::stacked;

/// Expands the attribute `#[resilient(attribute)]` on `item`.
///
/// With a mistake in it the item is given back as it was written, beside one error per mistake: its callers
/// compile as if the attribute were not there.
pub(crate) fn resilient(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    if block::is_block(item) {
        return block::expand(attribute, item);
    }
    let mut diagnostics = Diagnostics::default();
    let function = Function::parse(item.clone());
    if let Ok(function) = &function {
        if let Some(decided) = stacked::decided(&attribute, function) {
            return decided;
        }
        if let Some(error) = stacked::unknown(&attribute, function) {
            // What it says may be wrong only because it does not know of the others.
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    }
    let args = check::read(attribute, &mut diagnostics);
    let expanded = match function.map(with_inner) {
        Ok(Some(function)) => protect(&function, &args, &mut diagnostics),
        Ok(None) => item.clone(),
        Err(error) => {
            diagnostics.add(error);
            TokenStream::new()
        }
    };
    match diagnostics.into_compile_errors() {
        None => expanded,
        Some(errors) => quote!(#item #errors),
    }
}

/// The function under the policies of `args`; as it was written where it cannot be.
fn protect(function: &Function, args: &Args, diagnostics: &mut Diagnostics) -> TokenStream {
    let mistakes = check::function::mistakes(function, args);
    if mistakes.is_empty() {
        return expand::function(function, args);
    }
    for mistake in mistakes {
        diagnostics.add(mistake);
    }
    function.to_token_stream()
}

/// `function` with the other attributes of this kind expanded, the nearest to the body first: left to the compiler,
/// which begins with the first one written, that one would become the innermost.
///
/// `None` when one of them is wrong: it stays where it is, and reports its mistakes itself.
fn with_inner(mut function: Function) -> Option<Function> {
    while let Some(nearest) = function.attributes.iter().rposition(stacked::is_resilient) {
        let attribute = stacked::tokens(function.attributes.remove(nearest));
        let mut diagnostics = Diagnostics::default();
        let args = check::read(attribute, &mut diagnostics);
        let expanded = protect(&function, &args, &mut diagnostics);
        if diagnostics.into_compile_errors().is_some() {
            return None;
        }
        function = Function::parse(expanded).ok()?;
    }
    Some(function)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often `needle` stands in what the attribute makes of `item`.
    fn count(attribute: TokenStream, item: &TokenStream, needle: &str) -> usize {
        resilient(attribute, item).to_string().matches(needle).count()
    }

    #[test]
    fn stacked_attributes_are_expanded_together() {
        let item = quote!(
            #[resilient(retry = "fixed")]
            #[resilience_runtime::resilient(deadline = "1s")]
            async fn load() -> Result<(), E> {}
        );
        let attribute = || quote!(timeout = "2s");
        assert_eq!(count(attribute(), &item, "static __RESILIENT_SITE"), 3);
        assert_eq!(count(attribute(), &item, "[resilient"), 0);
        let expanded = resilient(attribute(), &item).to_string();
        let at = |policy: &str| expanded.find(policy).expect("every policy is there");
        assert!(at(". timeout") < at(". retry") && at(". retry") < at(". deadline"));
    }

    #[test]
    fn a_stacked_attribute_that_is_wrong_is_left_to_report_itself() {
        let item = quote!(
            #[resilient(retri = "fixed")]
            async fn load() -> Result<(), E> {}
        );
        assert_eq!(count(quote!(timeout = "2s"), &item, "compile_error"), 0);
        assert_eq!(count(quote!(timeout = "2s"), &item, "retri"), 1);
        assert_eq!(count(quote!(timeuot = "2s"), &item, "compile_error"), 1);
    }
}
