//! The loop around the body: about fifteen lines in the expansion, whatever the policies.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::arguments::Arguments;
use crate::args::Args;
use crate::check::function::error_type;
use crate::function::Function;

/// Writes what drives the body of one function.
pub(crate) struct Driver<'a> {
    pub(crate) function: &'a Function,
    pub(crate) args: &'a Args,
    pub(crate) arguments: &'a Arguments,
}

impl Driver<'_> {
    /// The statements that run `body`, a block of an async function that gives `output`.
    pub(crate) fn run(&self, output: &Type, body: &TokenStream) -> TokenStream {
        let Self { function, args, .. } = self;
        let private = args.names.private();
        let call = Ident::new("__call", Span::mixed_site());
        let checks = args.checks();
        let site = self.site();
        let begin = self.begin(output);
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
        quote! {
            #(#checks)*
            #site
            let mut #call = #begin;
            #run
        }
    }

    /// The static that describes the function.
    fn site(&self) -> TokenStream {
        let Self { function, args, .. } = self;
        let (private, name, builder) = (args.names.private(), args.names.site(), args.site());
        let at = function.signature.ident.span();
        let fallback = args.fallback.as_ref().map(|_| quote!(.fallback()));
        let place = quote_spanned! {at=>
            #private::Place {
                inside: || {
                    fn here() {}
                    #private::type_name_of(here)
                },
                file: ::core::file!(),
                line: ::core::line!(),
            }
        };
        quote!(static #name: #private::Site = #private::Site::new(#place) #builder #fallback;)
    }

    /// The call, with its judge.
    fn begin(&self, output: &Type) -> TokenStream {
        let args = self.args;
        let (private, site) = (args.names.private(), args.names.site());
        let at = output.span();
        let probe = Ident::new("__probe", Span::mixed_site());
        let new_probe = quote_spanned!(at=> #private::Probe::<#output>::new());
        let mut imports = vec!["ReadBoth", "ReadClassified", "ReadDisplayed", "ReadPlain"];
        let rejecting = match (&args.map_rejected, args.rejects()) {
            (Some(map), _) => {
                let map = &map.value;
                quote!(.map_rejected(#map))
            }
            (None, None) => quote!(),
            (None, Some(_)) => {
                imports.extend(["RejectConverted", "RejectMissing", "RejectWrapped"]);
                let at = error_type(output).span();
                let carries = quote_spanned!(at=> #private::carries(#probe, (&&&#probe).rejecter()));
                quote!(.rejecting(#carries))
            }
        };
        let imports = imports.into_iter().map(|name| Ident::new(name, Span::mixed_site()));
        let when = args.when.as_ref().map(|when| &when.value).map(|when| quote!(.when(#when)));
        let when_ok = args.when_ok.as_ref().map(|when_ok| &when_ok.value).map(|when_ok| quote!(.when_ok(#when_ok)));
        let judge = quote!(#private::Judge::new(#probe, (&&&&#probe).reader()) #rejecting #when #when_ok);
        let begin = match &args.fields {
            None => quote!(#site.call(#judge)),
            Some(fields) => {
                let level = args.level.write(&args.names);
                quote!(#site.call_in(#private::call_span!(#level, #site, #fields), #judge))
            }
        };
        quote! {{
            use #private::by::{#(#imports as _),*};
            let #probe = #new_probe;
            #begin
        }}
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
        let result = Ident::new("__result", Span::mixed_site());
        let again = self.arguments.again(&private);
        let attempt = if again.is_empty() { attempt.clone() } else { quote!({ #again #attempt }) };
        let fallback = args.fallback.as_ref().map(|fallback| {
            let fallback = &fallback.value;
            let arguments = self.arguments.names();
            let at = fallback.span();
            let answer = quote_spanned!(at=> #private::answer::<#output, _, _>((#fallback)(#(#arguments),*)).await);
            quote! {
                if #call.falls_back() {
                    break #call.fallback(async move { #answer }).await;
                }
            }
        });
        quote! {
            loop {
                if let ::core::ops::ControlFlow::Break(#result) = #call.#method(#attempt).await {
                    break #result;
                }
                #fallback
            }
        }
    }
}
