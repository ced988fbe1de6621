//! The loop around the body: about fifteen lines in the expansion, whatever the policies.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::arguments::Arguments;
use super::receiver::rename_self;
use crate::args::Args;
use crate::check::function::error_type;
use crate::function::Function;
use crate::value::{Callable, Expression, Setting};

/// Writes what drives the body of one function.
pub(crate) struct Driver<'a> {
    pub(crate) function: &'a Function,
    pub(crate) args: &'a Args,
    pub(crate) arguments: &'a Arguments,
    /// Whether the receiver is `__self` already in front of the attempts.
    pub(crate) receiver_moved: bool,
}

impl Driver<'_> {
    /// Whether a refusal becomes an error by what the error type can do.
    fn rejects(&self) -> bool {
        self.args.rejects().is_some() && self.args.map_rejected.is_none()
    }

    /// The items in front of everything: what is imported, the checks, and the site.
    pub(crate) fn items(&self) -> TokenStream {
        let names = &self.args.names;
        let import = names.import(if self.rejects() { &["Read", "Reject"] } else { &["Read"] });
        let checks = self.args.checks();
        let site = self.site();
        quote! {
            #import
            #(#checks)*
            #site
        }
    }

    /// The statements that run `body`, a block of an async function that gives `output`.
    pub(crate) fn run(&self, output: &Type, body: &TokenStream) -> TokenStream {
        let Self { function, args, .. } = self;
        let private = args.names.private();
        let call = local("__call");
        let begin = self.begin(&call, output);
        let settings = self.settings(&call);
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
            #begin
            #settings
            #run
        }
    }

    /// The static that describes the function.
    fn site(&self) -> TokenStream {
        let Self { function, args, .. } = self;
        let (private, name, builder) = (args.names.private(), args.names.site(), args.site());
        let fallback = args.fallback.as_ref().map(|_| quote!(.fallback()));
        // All of it at the function's name: where this call stands is where spans say that the function does.
        let name_of_function = &function.signature.ident;
        let new = quote_spanned!(name_of_function.span()=> Site::new);
        let new = args.names.call(&new, name_of_function, &[quote!(|| ())]);
        quote!(static #name: #private::Site = #new #builder #fallback;)
    }

    /// The call, with its judge.
    fn begin(&self, call: &Ident, output: &Type) -> TokenStream {
        let args = self.args;
        let (private, site) = (args.names.private(), args.names.site());
        let probe = local("__probe");
        let new_probe = quote_spanned!(output.span()=> #private::Probe::<#output>::new());
        let rejecting = self.rejects().then(|| {
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
                let parts = self.parts(fields);
                let fields = self.received(fields.clone());
                let span = quote!(#private::call_span!(#level, #site, #fields));
                let span = if parts.is_empty() { span } else { quote!({ #parts #span }) };
                quote!(call_in(#span, #judge))
            }
        };
        quote! {
            let #probe = #new_probe;
            let mut #call = #site.#begin;
        }
    }

    /// The statements that evaluate what the user wrote of this call: a key, a priority.
    fn settings(&self, call: &Ident) -> TokenStream {
        let args = self.args;
        let key = args.rate_limit.as_ref().and_then(|rate_limit| rate_limit.key.as_ref());
        let priority = args.bulkhead.as_ref().and_then(|bulkhead| bulkhead.priority.as_ref());
        let key = key.map(|key| self.setting(call, "limit_key", "key_of", &key.value, |key| quote!(&(#key))));
        let priority = priority.map(|priority| {
            self.setting(call, "priority", "priority_of", &priority.value, |priority| quote!(#priority))
        });
        quote!(#key #priority)
    }

    /// `call.method(function(argument));`, underlined at all of the expression.
    fn setting(
        &self,
        call: &Ident,
        method: &str,
        function: &str,
        expression: &Expression,
        argument: impl Fn(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let at = expression.span();
        let (method, function) = (Ident::new(method, at), Ident::new(function, at));
        let value = argument(self.received(expression.to_token_stream()));
        let value = self.args.names.call(&function.into_token_stream(), expression, &[value]);
        let set = quote_spanned!(at=> #call.#method(#value););
        let parts = self.parts(&super::as_field(expression));
        if parts.is_empty() { set } else { quote!({ #parts #set }) }
    }

    /// The parts of arguments that `fields` use where only the attempts take the arguments apart.
    fn parts(&self, fields: &TokenStream) -> TokenStream {
        if super::needs_arguments_again(self.args) {
            self.arguments.parts(fields, &self.args.names.private())
        } else {
            TokenStream::new()
        }
    }

    /// What the user wrote, with the name that the receiver has in front of the attempts.
    fn received(&self, tokens: TokenStream) -> TokenStream {
        if self.receiver_moved { rename_self(tokens) } else { tokens }
    }

    /// The attempts.
    fn execute(&self, call: &Ident, output: &Type, attempt: &TokenStream) -> TokenStream {
        let args = self.args;
        let timed = args.is_timed();
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
            let at = fallback.span();
            // A closure that is called where it stands would be the user's fault to some lints.
            let named = fallback.is_closure().then(|| local("__fallback"));
            let bind = named.as_ref().map(|named| quote!(let #named = #fallback;));
            let callee = named.as_ref().map_or_else(|| quote!((#fallback)), ToTokens::to_token_stream);
            let answer =
                quote_spanned!(at=> #private::answer::<#output, _, _>(#callee(#(#arguments),*)).await);
            let answer = quote!(#bind #answer);
            quote! {
                if #call.falls_back() {
                    break #call.fallback(async move { #answer }).await;
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
