//! The loop around the body: about fifteen lines in the expansion, whatever the policies.
//!
//! A trait of the user's may have methods of any name, for every type. What borrows a value is therefore called on the
//! borrow, as in `(&mut call).attempt(..)`, where a method of the type's own is found first; a method of one of the
//! runtime's traits has a name that begins with `__`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, Lit, Token, Type};

use super::arguments::Arguments;
use super::receiver::rename_self;
use crate::args::{Args, plan};
use crate::function::Function;
use crate::names::{borrow, ends, parenthesised};
use crate::policy;
use crate::policy::fallback::Fallback;
use crate::types::{error_type, type_name};
use crate::value::{Callable, Expression, Setting, literal};

/// Writes what drives the body of one function.
pub(crate) struct Driver<'a> {
    pub(crate) function: &'a Function,
    pub(crate) args: &'a Args,
    pub(crate) arguments: &'a Arguments,
    /// Whether the receiver is `__self` already in front of the attempts.
    pub(crate) receiver_moved: bool,
    /// Whether the function is not async: its attempts are closures, and nothing is awaited.
    pub(crate) blocks: bool,
}

impl Driver<'_> {
    /// Whether a refusal becomes an error by what the error type can do.
    fn rejects(&self) -> bool {
        self.args.rejects().is_some() && self.args.map_rejected.is_none()
    }

    /// The items in front of everything: what is imported, the checks, and the site.
    pub(crate) fn items(&self) -> TokenStream {
        let names = &self.args.names;
        let import = names.import(&[
            self.args.fallback.as_ref().is_some_and(Fallback::has_path).then_some("Ask"),
            self.asks_what_is_a_future().then_some("Give"),
            self.args.found_by().map(|_| "KeyKind"),
            Some("Read"),
            self.rejects().then_some("Reject"),
            self.args.found_by().map(|_| "Seal"),
        ]);
        let mut checks = self.args.checks();
        checks.extend(plan::blocking(self.args).filter(|_| self.blocks));
        let site = self.site();
        quote! {
            #import
            #(#checks)*
            #site
        }
    }

    /// The statements that run `body`, a block of the function that gives `output`.
    pub(crate) fn run(&self, output: &Type, body: &TokenStream) -> TokenStream {
        let Self { function, args, .. } = self;
        let call = local("__call");
        let begin = self.begin(&call, output);
        let settings = self.settings(&call);
        let faults = args.chaos.as_ref().map(|_| {
            let faults = local("__faults");
            quote!(let #faults = (&mut #call).chaos();)
        });
        let taken_apart = super::needs_arguments_again(args).then(|| self.arguments.taken_apart());
        let inject = self.inject();
        let edge = self.edge(output);
        let at = function.braces.span();
        let kind = if self.blocks { quote_spanned!(at=> move ||) } else { quote_spanned!(at=> async move) };
        let attempt = quote_spanned! {function.braces.span()=>
            #kind {
                #edge
                #taken_apart
                #inject
                #body
            }
        };
        let attempt = self.keyed(attempt);
        let run = self.unless_answered(&call, self.execute(&call, output, &attempt));
        quote! {
            #begin
            #settings
            #faults
            #run
        }
    }

    /// The statement that tells a block of what type it is to be.
    pub(super) fn edge(&self, output: &Type) -> TokenStream {
        let at = type_name(output);
        let private = self.args.names.private_at(at);
        let returns = quote_spanned!(at=> return #private::returns::<#output>(););
        quote_spanned!(self.function.braces.span()=> if false { #returns })
    }

    /// The statements in front of the body that `chaos` puts there.
    fn inject(&self) -> Option<TokenStream> {
        self.args.chaos.as_ref()?;
        let error = self.args.injected_error().map(|Expression(error)| {
            if super::needs_arguments_again(self.args) && !self.receiver_moved {
                self.arguments.rename_receiver(error.to_token_stream())
            } else {
                self.received(error.to_token_stream())
            }
        });
        Some(policy::chaos::inject(&local("__faults"), &local("__probe"), error, self.blocks))
    }

    /// The static that describes the function.
    fn site(&self) -> TokenStream {
        let Self { function, args, .. } = self;
        let (private, name, builder) = (args.names.private(), args.names.site(), args.site());
        let fallback = args.fallback.as_ref().map(Fallback::site);
        // All of it at the function's name: where this call stands is where spans say that the function does.
        let name_of_function = &function.signature.ident;
        let new = quote_spanned!(name_of_function.span()=> Site::new);
        let config = quote!(#private::SiteConfig::empty() #builder #fallback);
        let new = args.names.call(&new, name_of_function, &[quote!(|| ()), config]);
        quote! {
            #[#private::linkme::distributed_slice(#private::SITES)]
            #[linkme(crate = #private::linkme)]
            static #name: #private::Site = #new;
        }
    }

    /// The call, with its judge.
    fn begin(&self, call: &Ident, output: &Type) -> TokenStream {
        let args = self.args;
        let (private, site) = (args.names.private(), args.names.site());
        let probe = local("__probe");
        let outcome = at_both_ends(output, |first, last| {
            let private = args.names.private_at(first);
            let returns = parenthesised(last, quote_spanned!(first=> #private::returns::<#output>));
            let (outcome, probe) =
                if args.is_of_block { ("MethodOutcome", "probe_of_method") } else { ("Outcome", "probe") };
            let (outcome, probe) = (Ident::new(outcome, first), Ident::new(probe, last));
            quote_spanned!(first=> #private::#outcome::#probe #returns)
        });
        let rejecting = self.rejects().then(|| {
            let way = quote!((&&&#probe).__rejecter());
            // Checked at the error type, where the user wrote it.
            let carries = at_both_ends(error_type(output), |first, last| {
                let private = args.names.private_at(first);
                let arguments = parenthesised(last, quote!(#way, #probe, ()));
                let by = Ident::new("by", last);
                quote_spanned!(first=> <_ as #private::CarriesRejected<_, _>>::#by #arguments)
            });
            quote!(.rejecting(#carries))
        });
        let mapping = args.map_rejected.as_ref().map(|map| {
            let map = mapping(&map.value);
            quote!(.rejecting(#probe.mapped(#map)))
        });
        let (when_closure, when) = self.predicate("when", args.when.as_ref());
        let (when_ok_closure, when_ok) = self.predicate("when_ok", args.when_ok.as_ref());
        let (functions, keeping) = (self.functions(), self.keeping());
        let judge = quote! {
            #private::Judge::new(#probe, (&&&&&#probe).__reader()) #rejecting #mapping #when #when_ok #keeping
        };
        let has = args.has();
        let begin = match &args.fields {
            None => quote!(call::<_, { #has }>(#judge)),
            Some(fields) => {
                let level = args.level.write(&args.names);
                let parts = self.parts(fields);
                let fields = self.received(fields.clone());
                // A mistake in the fields is underlined where the macro is called.
                let span = at_both_ends(&fields, |first, last| {
                    let private = args.names.private_at(first);
                    let fields = parenthesised(last, quote!(#level, &#site, #fields));
                    quote_spanned!(first=> #private::call_span! #fields)
                });
                // What `tracing` writes for fields says `Some`, which need not be that of the standard library here.
                let span = quote!({ use ::core::option::Option::Some; #parts #span });
                quote!(call_in::<_, { #has }>(#span, #judge))
            }
        };
        let limited = args.is_limited().then(|| quote!(.limited()));
        let (key, sharing) = self.sharing(output);
        quote! {
            let #probe = #outcome;
            #when_closure
            #when_ok_closure
            #functions
            #key
            let mut #call = (&#site).#begin #limited #sharing;
        }
    }

    /// The statement that binds the closure of `name`, and the call that hands its predicate to the judge.
    fn predicate(
        &self,
        name: &str,
        callable: Option<&Setting<Callable>>,
    ) -> (Option<TokenStream>, Option<TokenStream>) {
        let Some(Setting { value, .. }) = callable else { return (None, None) };
        let callable = &value.0;
        let method = Ident::new(name, Span::mixed_site());
        at_both_ends(callable, |first, last| {
            let at = value.written_type().map(type_name);
            let (value, class) = (Ident::new("__value", at.unwrap_or(first)), Ident::new("__class", first));
            let private = self.args.names.private_at(first);
            let (closure, function, move_) = match callable {
                Expr::Closure(closure) => {
                    let (function, probe) = (format_ident!("__{name}", span = first), local("__probe"));
                    let asked = Ident::new(name, first);
                    // What needs no inference is called as it is: its mistakes are those of a call.
                    let closure = if at.is_some() {
                        closure.to_token_stream()
                    } else {
                        let arguments = parenthesised(last, quote!(#probe, #closure));
                        quote_spanned!(first=> #private::Probe::#asked #arguments)
                    };
                    let closure = quote_spanned!(first=> let #function = #closure;);
                    (Some(closure), function.into_token_stream(), Some(Token![move](first)))
                }
                path => (None, path.to_token_stream(), None),
            };
            let said = parenthesised(last, quote_spanned!(first=> #value));
            let arguments = parenthesised(last, quote!(#function #said, #class));
            let verdict = quote_spanned!(first=> #private::Verdict::over #arguments);
            (closure, Some(quote!(.#method(#move_ |#value, #class| #verdict))))
        })
    }

    /// The statements that evaluate what the user wrote of this call: a key, a priority.
    fn settings(&self, call: &Ident) -> TokenStream {
        let args = self.args;
        let key = args.rate_limit.as_ref().and_then(|rate_limit| rate_limit.key.as_ref()).map(|key| {
            let value = borrow(self.received(key.to_token_stream()), key);
            self.setting(call, "limit_key", "Key", &key.value, value)
        });
        let priority =
            args.bulkhead.as_ref().and_then(|bulkhead| bulkhead.priority.as_ref()).map(|priority| {
                let value = self.received(priority.to_token_stream());
                self.setting(call, "priority", "Priority", &priority.value, value)
            });
        let idempotency_key = self.idempotency_key();
        quote!(#key #priority #idempotency_key)
    }

    /// The statement that evaluates the idempotency key, underlined at all of it.
    fn idempotency_key(&self) -> Option<TokenStream> {
        let key = self.args.idempotency_key.as_ref()?;
        let (first, last) = ends(&key.value);
        let value = borrow(self.received(key.to_token_stream()), key);
        let (kind, text) = (Ident::new("IdempotencyKey", first), Ident::new("text", last));
        let unit = parenthesised(last, TokenStream::new());
        let text = quote_spanned!(first=> #kind::#text);
        let text = self.args.names.call(&text, &key.value, &[value, unit.into_token_stream()]);
        let (parts, name) = (self.parts(&super::as_field(&key.value)), local(KEY));
        Some(if parts.is_empty() {
            quote!(let #name = #text;)
        } else {
            quote!(let #name = { #parts #text };)
        })
    }

    /// The attempt with the idempotency key for its body to find, if there is one.
    fn keyed(&self, attempt: TokenStream) -> TokenStream {
        if self.args.idempotency_key.is_none() {
            return attempt;
        }
        let (private, key) = (self.args.names.private(), local(KEY));
        if self.blocks {
            quote!(#private::keyed(&#key, #attempt))
        } else {
            quote!(#private::Keyed::new(&#key, #attempt))
        }
    }

    /// `call.method(Kind::number(value, ()));`, underlined at all of the expression that gives the value; a plain
    /// number is one already.
    fn setting(
        &self,
        call: &Ident,
        method: &str,
        kind: &str,
        expression: &Expression,
        value: TokenStream,
    ) -> TokenStream {
        let (first, last) = ends(expression);
        let (method, kind) = (Ident::new(method, first), Ident::new(kind, first));
        let (number, unit) = (Ident::new("number", last), parenthesised(last, TokenStream::new()));
        let number = quote_spanned!(first=> #kind::#number);
        let number = match literal(&expression.0) {
            // Of the type of the parameter, where the trait would leave it open.
            Some((Lit::Int(number), _)) if number.suffix().is_empty() => value,
            _ => self.args.names.call(&number, expression, &[value, unit.into_token_stream()]),
        };
        let set = quote_spanned!(first=> (&mut #call).#method(#number););
        let parts = self.parts(&super::as_field(expression));
        if parts.is_empty() { set } else { quote!({ #parts #set }) }
    }

    /// The parts of arguments that `fields` use where only the attempts take the arguments apart.
    pub(super) fn parts(&self, fields: &TokenStream) -> TokenStream {
        if super::needs_arguments_again(self.args) {
            self.arguments.parts(fields, &self.args.names)
        } else {
            TokenStream::new()
        }
    }

    /// What the user wrote, with the name that the receiver has in front of the attempts.
    pub(super) fn received(&self, tokens: TokenStream) -> TokenStream {
        if self.receiver_moved { rename_self(tokens) } else { tokens }
    }

    /// The attempts.
    fn execute(&self, call: &Ident, output: &Type, attempt: &TokenStream) -> TokenStream {
        let args = self.args;
        if args.hedge.is_some() {
            return self.hedged(call, output, attempt);
        }
        let wait = (!self.blocks).then(|| quote!(.await));
        let (method, once) =
            if self.blocks { ("blocking_attempt", "blocking_once") } else { ("attempt", "once") };
        let (method, once) = (local(method), local(once));
        if !super::needs_arguments_again(args) {
            return quote!((&mut #call).#once(#attempt) #wait);
        }
        let result = local("__result");
        let again = self.arguments.again(&args.names);
        let attempt = if again.is_empty() { attempt.clone() } else { quote!({ #again #attempt }) };
        let body = local("__attempt");
        let fallback = self.fall_back(call, output);
        let attempt = quote! {
            let #body = #attempt;
            if let ::core::ops::ControlFlow::Break(#result) = (&mut #call).#method(#body) #wait {
                break #result;
            }
        };
        let attempt = self.unless_failed(call, attempt);
        quote! {
            loop {
                #attempt
                #fallback
            }
        }
    }
}

/// A closure as it is, and a closure around the path of a function: what is wrong with the function is then wrong
/// with a call of it, as anywhere in the user's code.
fn mapping(callable: &Callable) -> TokenStream {
    match &callable.0 {
        Expr::Closure(closure) => closure.to_token_stream(),
        path => at_both_ends(path, |first, last| {
            let rejected = Ident::new("__rejected", first);
            let arguments = parenthesised(last, rejected.to_token_stream());
            quote!(|#rejected| #path #arguments)
        }),
    }
}

/// The local variable that holds the idempotency key.
const KEY: &str = "__key";

/// A local variable of the expansion, which the user's code cannot see.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// Writes tokens for the first and the last token of `at`: what begins at the one and ends at the other is
/// underlined as all of `at`.
pub(super) fn at_both_ends<T>(at: &dyn ToTokens, write: impl FnOnce(Span, Span) -> T) -> T {
    let (first, last) = ends(at);
    write(first, last)
}
