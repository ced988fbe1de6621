//! The loop around a hedged body: what makes its attempts is a closure, which is called more than once at a time.
//!
//! The closure owns the arguments and each attempt has its own of them, so that nothing is borrowed from the call
//! while an attempt goes on: the future is `Send` where each of its parts is.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use super::driver::{Driver, local};

impl Driver<'_> {
    /// The attempts, each beside others.
    pub(super) fn hedged(&self, call: &Ident, output: &Type, attempt: &TokenStream) -> TokenStream {
        let names = &self.args.names;
        let (again, result) = (local("__again"), local("__result"));
        let fallback = self.fall_back(call, output);
        // The fallback needs the arguments too.
        let (held, arguments) = match &fallback {
            None => (TokenStream::new(), self.arguments.again(names)),
            Some(_) => self.arguments.held(names),
        };
        let closure = quote!(move || { #arguments #attempt });
        let closure = if held.is_empty() { closure } else { quote!({ #held #closure }) };
        let attempts = quote! {
            if let ::core::ops::ControlFlow::Break(#result) = (&mut #call).hedged(&mut #again).await {
                break #result;
            }
        };
        let attempts = self.unless_failed(call, attempts);
        let run = quote! {
            let mut #again = #closure;
            loop {
                #attempts
                #fallback
            }
        };
        // Where it is the arm of a `match`.
        if self.args.coalesce.is_some() { quote!({ #run }) } else { run }
    }
}
