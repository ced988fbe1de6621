//! What is written for the fallbacks: what their types are asked, and how each is called.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprPath, Token, Type};

use super::arguments::{Again, Argument};
use super::driver::{Driver, at_both_ends, local};
use super::fields;
use super::receiver::{RECEIVER, rename_self};
use super::tail;
use crate::names::parenthesised;
use crate::policy::fallback::Answer;

/// The most arguments for which the runtime has a function that calls a closure: those of the annotated function, and
/// the error.
const LARGEST_CALL: usize = 9;

impl Driver<'_> {
    /// The answers, in the order in which they are tried.
    fn answers(&self) -> &[Answer] {
        self.args.fallback.as_ref().map_or(&[], |fallback| &fallback.answers)
    }

    /// The statements that ask the functions that are written by their paths whether they take the error.
    ///
    /// Each is bound once, and called by that name: the type of a generic one is known from its call alone.
    pub(super) fn functions(&self) -> TokenStream {
        let private = self.args.names.private();
        let count = if are_counted(&self.arguments.list) {
            let count = Literal::usize_unsuffixed(self.arguments.list.len());
            quote!([(); #count])
        } else {
            let mut each = Vec::new();
            for argument in &self.arguments.list {
                let conditions = argument.conditions();
                each.push(quote!(#(#conditions)* ()));
            }
            quote!([#(#each),*])
        };
        let mut functions = TokenStream::new();
        for (index, answer) in self.answers().iter().enumerate() {
            let Answer::Path(path) = answer else { continue };
            let (function, takes, probe) = (function(index, path), takes(index), local("__probe"));
            let no_error = self.args.when_ok.as_ref().map(|_| {
                let at = last_name(path);
                let behind = Ident::new("__taken", at);
                let says = self.args.names.call(
                    &quote_spanned!(at=> WithoutError::taken),
                    &behind,
                    &[quote!(#behind), quote!(())],
                );
                quote! {
                    let #behind = #takes.taken();
                    #says;
                }
            });
            functions.extend(quote! {
                let #function = #path;
                let #takes = (&&&#private::Takes::of(&#function, #count, #probe)).__kind();
                #no_error
            });
        }
        functions
    }

    /// The calls that have the judge keep the error for the fallbacks that take it.
    pub(super) fn keeping(&self) -> TokenStream {
        let arguments = self.arguments.list.len();
        let mut keeping = TokenStream::new();
        for (index, answer) in self.answers().iter().enumerate() {
            if let Answer::Path(_) = answer {
                let takes = takes(index);
                keeping.extend(quote!(.keeping(#takes)));
            } else if answer.takes_error(arguments) {
                keeping.extend(quote!(.keeping_error()));
            }
        }
        keeping
    }

    /// The statement behind an attempt that runs the fallbacks, one after the other.
    pub(super) fn fall_back(&self, call: &Ident, output: &Type) -> Option<TokenStream> {
        let last = self.answers().len().checked_sub(1)?;
        let wait = (!self.blocks).then(|| quote!(.await));
        let prefix = if self.blocks { "blocking_" } else { "" };
        let fallback = format_ident!("{prefix}fallback");
        let or_next = format_ident!("{prefix}fallback_or_next");
        let kind = if self.blocks { quote!(move ||) } else { quote!(async move) };
        let mut runs = TokenStream::new();
        for (index, answer) in self.answers().iter().enumerate() {
            let run = Run { driver: self, answer, index, is_last: index == last };
            let (error, answer) = (run.error(call), run.answer(output));
            if run.is_last {
                runs.extend(quote!(#error break (&mut #call).#fallback(#kind { #answer }) #wait;));
                break;
            }
            let (again, result) = (run.again(), local("__result"));
            let begin = quote!((&mut #call).#or_next(#kind { #answer }));
            let begin = if again.is_empty() { begin } else { quote!({ #again #begin }) };
            runs.extend(quote! {
                #error
                if let ::core::ops::ControlFlow::Break(#result) = #begin #wait {
                    break #result;
                }
            });
        }
        Some(quote! {
            if (&#call).falls_back() {
                #runs
            }
        })
    }
}

/// What is written to run one of the fallbacks.
struct Run<'a> {
    driver: &'a Driver<'a>,
    answer: &'a Answer,
    index: usize,
    /// The last one has the arguments to itself; any other leaves them to the next.
    is_last: bool,
}

impl Run<'_> {
    /// The statements that take the error, where the fallback takes it.
    fn error(&self, call: &Ident) -> TokenStream {
        let error = local("__error");
        match self.answer {
            Answer::Path(path) => {
                let (function, takes) = (function(self.index, path), takes(self.index));
                let at = last_name(path);
                let (error, behind) = (Ident::new("__error", at), Ident::new("__taken", at));
                let given = self.driver.args.names.call(
                    &quote_spanned!(at=> Taken::by),
                    &behind,
                    &[quote!(#error), quote!(#behind), quote!(())],
                );
                quote! {
                    let (#error, #behind) = (#takes.error(&mut #call), #takes.taken());
                    let #function = #takes.bind(#function, #given);
                }
            }
            answer if answer.takes_error(self.driver.arguments.list.len()) => {
                quote!(let #error = (&mut #call).error();)
            }
            Answer::Closure(_) | Answer::Expression(_) => TokenStream::new(),
        }
    }

    /// The statements that make the arguments once more, where others need them still.
    fn again(&self) -> TokenStream {
        let mut again = TokenStream::new();
        for argument in &self.driver.arguments.list {
            if argument.again == Again::Copied || !self.takes(argument) {
                continue;
            }
            let (name, conditions) = (self.name(argument), argument.conditions());
            let (value, excuse) = (argument.value(&self.driver.args.names), argument.excuse());
            again.extend(quote_spanned!(name.span()=> #(#conditions)* #excuse let #name = #value;));
        }
        again
    }

    /// Whether it is given `argument`: an expression is, where it names it or a part of it.
    fn takes(&self, argument: &Argument) -> bool {
        let Answer::Expression(expression) = self.answer else { return true };
        let names = |name: &str| fields::uses(expression.to_token_stream(), name);
        match &argument.pattern {
            Some(pattern) => fields::part(pattern, &as_field(expression)).is_some(),
            None if argument.outer == RECEIVER => names("self"),
            None => names(&argument.outer.to_string()),
        }
    }

    /// The name that `argument` has where the fallback is called.
    fn name(&self, argument: &Argument) -> Ident {
        let is_bound = !self.is_last && argument.again != Again::Copied && argument.outer == "self";
        if is_bound { Ident::new(RECEIVER, argument.outer.span()) } else { argument.outer.clone() }
    }

    /// The statements that call the fallback and wait for its answer.
    ///
    /// They stand where the user wrote the fallback, and compare its type with the return type as an ordinary `let`
    /// does: so does the compiler's message.
    fn answer(&self, output: &Type) -> TokenStream {
        at_both_ends(self.answer, |first, last| {
            let (answer, kind) = (Ident::new("__answer", first), Ident::new("__kind", first));
            let called = self.called(output, first, last);
            let parts = self.parts();
            let awaited = Ident::new("await", last);
            let colon = Token![:](output.span());
            if self.looks_like_an_answer() {
                let edge = self.driver.edge(output);
                return quote_spanned!(first=> #edge #parts #called);
            }
            if self.driver.blocks {
                return quote_spanned! {first=>
                    #parts
                    let #answer #colon #output = #called;
                    #answer
                };
            }
            // With spans of the macro's own: of a type that cannot be found the compiler would show how to write it.
            let own = Span::mixed_site().located_at(first);
            let (given, future) = (Ident::new("__answer", own), Ident::new("future", own));
            let private = self.driver.args.names.private_at(own);
            let asked = quote_spanned!(own=> let #kind = (&&#private::Given::of(&#given)).__kind(););
            quote_spanned! {first=>
                #parts
                let #given = #called;
                #asked
                let #answer #colon #output = #kind.#future(#given).#awaited;
                #answer
            }
        })
    }

    /// What calls it.
    fn called(&self, output: &Type, first: Span, last: Span) -> TokenStream {
        match self.answer {
            Answer::Path(path) => {
                let function = function(self.index, path);
                let arguments = self.arguments(Some(function.span()));
                // In parentheses of the macro's own: the compiler would show how to change the arguments in the
                // user's code, where they are not.
                let own = Span::mixed_site().located_at(last);
                let arguments = parenthesised(own, quote!(#(#arguments),*));
                quote!(#function #arguments)
            }
            Answer::Closure(closure) => self.closure(closure, output, first, last),
            Answer::Expression(expression) => {
                let is_renamed = self.name_of_receiver().is_some_and(|name| name == RECEIVER);
                let value = expression.to_token_stream();
                if is_renamed { rename_self(value) } else { value }
            }
        }
    }

    /// Whether it gives the answer, and no future of it, by its looks.
    fn looks_like_an_answer(&self) -> bool {
        match self.answer {
            Answer::Path(_) => false,
            Answer::Closure(closure) => closure.asyncness.is_none() && tail::is_answer(&closure.body),
            Answer::Expression(expression) => tail::is_answer(expression),
        }
    }

    fn closure(&self, closure: &ExprClosure, output: &Type, first: Span, last: Span) -> TokenStream {
        let inputs = &self.driver.arguments.list;
        let mut arguments = self.arguments(None);
        if self.answer.takes_error(inputs.len()) {
            arguments.push(local("__error").into_token_stream());
        }
        if are_counted(inputs) && (1..=LARGEST_CALL).contains(&arguments.len()) {
            let private = self.driver.args.names.private_at(first);
            let call = format_ident!("call_{}", arguments.len(), span = first);
            // A closure is told of its type by the first parameter of what calls it; the others are found.
            let told = (self.driver.blocks || self.looks_like_an_answer()).then(|| {
                let found = arguments.iter().map(|_| Token![_](first));
                quote_spanned!(first=> ::<#output, #(#found,)* _>)
            });
            let arguments = parenthesised(last, quote!(#closure, (#(#arguments,)*)));
            quote_spanned!(first=> #private::#call #told #arguments)
        } else {
            let arguments = parenthesised(last, quote!(#(#arguments),*));
            quote_spanned!(first=> { let __fallback = #closure; __fallback #arguments })
        }
    }

    /// The arguments of the call; those of a path are underlined there, `at` its name.
    fn arguments(&self, at: Option<Span>) -> Vec<TokenStream> {
        let mut arguments = Vec::new();
        for argument in &self.driver.arguments.list {
            let mut name = self.name(argument);
            if let Some(at) = at {
                name.set_span(name.span().located_at(at));
            }
            let conditions = argument.conditions();
            let given = match argument.excuse() {
                Some(excuse) => quote_spanned!(name.span()=> { #excuse let __given = #name; __given }),
                None => name.to_token_stream(),
            };
            arguments.push(quote!(#(#conditions)* #given));
        }
        arguments
    }

    /// The statements that take arguments apart for an expression that names their parts.
    fn parts(&self) -> TokenStream {
        let Answer::Expression(expression) = self.answer else { return TokenStream::new() };
        let mut parts = TokenStream::new();
        for argument in &self.driver.arguments.list {
            let Some(pattern) = &argument.pattern else { continue };
            let Some(part) = fields::part(pattern, &as_field(expression)) else { continue };
            let (name, conditions) = (self.name(argument), argument.conditions());
            parts.extend(quote!(#(#conditions)* let #part = #name;));
        }
        parts
    }

    fn name_of_receiver(&self) -> Option<Ident> {
        let receiver = self.driver.arguments.list.first()?;
        let is_receiver = receiver.outer == "self" || receiver.outer == RECEIVER;
        is_receiver.then(|| self.name(receiver))
    }
}

/// An expression as a field: in parentheses, for it may have commas of its own.
pub(super) fn as_field(expression: &Expr) -> TokenStream {
    quote!(answer = (#expression))
}

/// Whether it is known how many there are: none is under a condition.
fn are_counted(arguments: &[Argument]) -> bool {
    arguments.iter().all(|argument| argument.conditions().is_empty())
}

/// The variable that holds the function of a path, underlined as the path's last name.
fn function(index: usize, path: &ExprPath) -> Ident {
    Ident::new(&numbered("__fallback", index), last_name(path))
}

fn last_name(path: &ExprPath) -> Span {
    path.path.segments.last().map_or_else(|| path.span(), |last| last.ident.span())
}

/// The variable that holds what it takes.
fn takes(index: usize) -> Ident {
    local(&numbered("__takes", index))
}

/// A name for one fallback: the first, which mostly is the only one, goes without a number.
fn numbered(name: &str, index: usize) -> String {
    if index == 0 { name.to_owned() } else { format!("{name}_{}", index + 1) }
}
