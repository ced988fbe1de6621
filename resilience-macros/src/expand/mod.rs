//! From a checked model to the tokens of the protected function.
//!
//! `shape` finds out where the body is, `arguments` what it needs again for each attempt, `driver` writes the
//! loop around it, `hedge` another loop, `future` the body of a function that returns a future.

mod arguments;
mod driver;
mod fallback;
mod fields;
mod future;
mod hedge;
mod receiver;
mod shape;
mod sharing;
mod tail;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ReturnType, Signature, Type};

use self::arguments::Arguments;
use self::driver::Driver;
pub(crate) use self::fields::uses;
use self::shape::Shape;
pub(crate) use self::shape::{BY_RESULT, future_output, is_named_future, returns_future};
pub(crate) use self::sharing::LARGEST_KEY;
use crate::args::Args;
use crate::function::Function;
use crate::policy::fallback::Fallback;
use crate::types::type_name;
use crate::value::Expression;

/// Whether the arguments are needed more than once: by another attempt, or by the fallback.
pub(crate) fn needs_arguments_again(args: &Args) -> bool {
    args.reruns_body() || args.fallback.is_some()
}

/// Everything that is evaluated outside of the attempts, as the fields of a span are written.
fn outside(args: &Args, arguments: &Arguments) -> Option<TokenStream> {
    let mut all = Vec::new();
    all.extend(args.fields.clone());
    for expression in &args.expressions() {
        all.push(as_field(expression));
    }
    for answer in &args.fallback.as_ref().map(Fallback::expressions).unwrap_or_default() {
        all.push(fallback::as_field(answer));
    }
    all.extend(sharing::outside(args, arguments));
    if all.is_empty() { None } else { Some(quote!(#(#all),*)) }
}

/// An expression as a field: in parentheses, for it may have commas of its own.
fn as_field(expression: &Expression) -> TokenStream {
    quote!(setting = (#expression))
}

/// Whether a function with this signature waits for something: it is async, or returns a future.
pub(crate) fn waits(signature: &Signature) -> bool {
    signature.asyncness.is_some()
        || returns_future(&signature.output)
        || matches!(&signature.output, ReturnType::Type(_, output) if is_named_future(output))
}

/// The protected function.
pub(crate) fn function(function: &Function, args: &Args) -> TokenStream {
    let mut shape = Shape::of(function);
    let mut signature = function.signature.clone();
    let (mut arguments, body) = match &shape {
        Shape::Rewritten(rewritten) => (rewritten.arguments(&signature), rewritten.body()),
        Shape::Async { .. } | Shape::Blocking { .. } | Shape::Future(_) => {
            (Arguments::of(&signature), &function.statements)
        }
    };
    let injected = args.injected_error();
    let outside = outside(args, &arguments);
    arguments.leave_idle(&quote!(#body #injected), outside.as_ref(), args.fallback.is_some());
    let mut statements = function.statements.clone();
    if needs_arguments_again(args) {
        arguments.take_from(&mut signature);
        if let Shape::Rewritten(rewritten) = &mut shape {
            rewritten.bind_again(&arguments);
        } else {
            statements = arguments.rename_receiver(statements);
        }
    }
    let receiver_moved = matches!(shape, Shape::Rewritten(_));
    let blocks = matches!(shape, Shape::Blocking { .. });
    let driver = Driver { function, args, arguments: &arguments, receiver_moved, blocks };
    let items = driver.items();
    let body = match &shape {
        Shape::Async { output } | Shape::Blocking { output } => {
            let run = driver.run(output, &braced(&statements, output));
            quote!(#items #run)
        }
        Shape::Future(returned) => {
            let future = driver.future(returned, &statements);
            // In front of the future, and not in it: one that is all of the function would better be an `async fn`.
            quote!(#items #future)
        }
        Shape::Rewritten(rewritten) => rewritten.around(|output, body| {
            let run = driver.run(output, body);
            quote!(#items #run)
        }),
    };
    let Function { attributes, visibility, defaultness, inner_attributes, braces, .. } = function;
    let mut block =
        proc_macro2::Group::new(proc_macro2::Delimiter::Brace, quote!(#(#inner_attributes)* #body));
    block.set_span(braces.span());
    let block = block.into_token_stream();
    // Clones are handed to the attempts, so that nothing seems to consume the arguments themselves. An async function
    // moves them into its future.
    let lint = (blocks && needs_arguments_again(args)).then(|| {
        quote!(#[allow(clippy::needless_pass_by_value, reason = "each attempt takes a clone of the argument")])
    });
    quote!(#(#attributes)* #lint #visibility #defaultness #signature #block)
}

/// The block of the `statements`.
///
/// One without a value is underlined at the return type, where the compiler underlines an ordinary body that lacks
/// it. Any other keeps a span of the expansion's own, for which no lint calls the braces unnecessary.
fn braced(statements: &TokenStream, output: &Type) -> TokenStream {
    match statements.clone().into_iter().last() {
        Some(TokenTree::Punct(last)) if last.as_char() == ';' => {
            quote_spanned!(type_name(output)=> { #statements })
        }
        None => quote_spanned!(type_name(output)=> {}),
        Some(_) => quote!({ #statements }),
    }
}
