//! The loop around the body: about fifteen lines in the expansion, whatever the policies.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::arguments::Arguments;
use crate::args::Args;
use crate::check::function::error_type;
use crate::function::Function;
use crate::value::{Callable, Setting};

/// Writes what drives the body of one function.
pub(crate) struct Driver<'a> {
    pub(crate) function: &'a Function,
    pub(crate) args: &'a Args,
    pub(crate) arguments: &'a Arguments,
}

impl Driver<'_> {
    /// The items that the statements need in front of them: what they import, the checks, and the site.
    pub(crate) fn items(&self) -> TokenStream {
        let args = self.args;
        let import = args.names.import(if self.makes_errors() { &["Read", "Reject"] } else { &["Read"] });
        let (checks, site) = (args.checks(), self.site());
        quote!(#import #(#checks)* #site)
    }

    /// Whether a refusal becomes the function's error by what that can do itself.
    fn makes_errors(&self) -> bool {
        self.args.rejects().is_some() && self.args.map_rejected.is_none()
    }

    /// The statements that run `body`, a block of an async function that gives `output`.
    pub(crate) fn run(&self, output: &Type, body: &TokenStream) -> TokenStream {
        let Self { function, args, .. } = self;
        let private = args.names.private();
        let call = local("__call");
        let begin = self.begin(&call, output);
        let returns = quote_spanned!(output.span()=> #private::returns::<#output>());
        let attempt = quote_spanned! {function.braces.span()=>
            async move {
                if false {
                    return #returns;
                }
                #body
            }
        };
        let run = self.execute(&call, output, &attempt);
        quote!(#begin #run)
    }

    /// The static that describes the function.
    fn site(&self) -> TokenStream {
        let Self { function, args, .. } = self;
        let (private, name, builder) = (args.names.private(), args.names.site(), args.site());
        let at = function.signature.ident.span();
        let fallback = args.fallback.as_ref().map(|_| quote!(.fallback()));
        let new = quote_spanned!(at=> #private::Site::new(|| ()));
        quote!(static #name: #private::Site = #new #builder #fallback;)
    }

    /// The call, with its judge.
    fn begin(&self, call: &Ident, output: &Type) -> TokenStream {
        let args = self.args;
        let (private, site) = (args.names.private(), args.names.site());
        let probe = local("__probe");
        let new_probe = quote_spanned!(output.span()=> #private::Probe::<#output>::new());
        let rejecting = self.makes_errors().then(|| {
            let at = error_type(output).span();
            let carries = quote_spanned!(at=> #private::carries(#probe, (&&&#probe).rejecter()));
            quote!(.rejecting(#carries))
        });
        let map_rejected = method("map_rejected", args.map_rejected.as_ref());
        let (when, when_ok) = (method("when", args.when.as_ref()), method("when_ok", args.when_ok.as_ref()));
        let judge = quote! {
            #private::Judge::new(#probe, (&&&&#probe).reader()) #rejecting #map_rejected #when #when_ok
        };
        let begin = match &args.fields {
            None => quote!(call(#judge)),
            Some(fields) => {
                let level = args.level.write(&args.names);
                quote!(call_in(#private::call_span!(#level, #site, #fields), #judge))
            }
        };
        quote! {
            let #probe = #new_probe;
            let mut #call = #site.#begin;
        }
    }

    /// The attempts.
    fn execute(&self, call: &Ident, output: &Type, attempt: &TokenStream) -> TokenStream {
        let args = self.args;
        let timed = args.timeout.is_some() || args.deadline.is_some();
        if !super::needs_arguments_again(args) {
            let once = Ident::new(if timed { "timed_once" } else { "once" }, Span::mixed_site());
            return quote!(#call.#once(#attempt).await);
        }
        let method = Ident::new(if timed { "timed_attempt" } else { "attempt" }, Span::mixed_site());
        let private = args.names.private();
        let result = local("__result");
        let again = self.arguments.again(&private);
        let attempt = if again.is_empty() { attempt.clone() } else { quote!({ #again #attempt }) };
        let body = local("__attempt");
        let fallback = args.fallback.as_ref().map(|fallback| {
            let fallback = &fallback.value;
            let arguments = self.arguments.names();
            let (at, arguments) = (fallback.span(), quote!(#(#arguments),*));
            let (binding, called) = if let Expr::Closure(closure) = &fallback.0 {
                // By a name: Clippy warns of a closure that is called where it stands.
                let name = local("__fallback");
                (Some(quote!(let #name = #closure;)), quote_spanned!(at=> #name(#arguments)))
            } else {
                (None, quote_spanned!(at=> (#fallback)(#arguments)))
            };
            let answer = quote_spanned!(at=> #private::answer::<#output, _, _>(#called).await);
            quote! {
                if #call.falls_back() {
                    break #call.fallback(async move { #binding #answer }).await;
                }
            }
        });
        quote! {
            loop {
                let #body = #attempt;
                if let ::core::ops::ControlFlow::Break(#result) = #call.#method(#body).await {
                    break #result;
                }
                #fallback
            }
        }
    }
}

/// A local variable of the expansion, which the user's code cannot see.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// `.name(callable)`, if there is one.
fn method(name: &str, callable: Option<&Setting<Callable>>) -> Option<TokenStream> {
    let callable = &callable?.value;
    let name = Ident::new(name, Span::mixed_site());
    Some(quote!(.#name(#callable)))
}
