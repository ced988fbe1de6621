//! What a hedge needs of the other options, and of the function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, GenericArgument, PathArguments, ReceiverKind, Signature, Type};

use crate::diag::Diagnostics;
use crate::written::Written;

/// Reports options that do not go with a hedge, or with its absence; returns the place of one of the block that has no
/// effect here.
pub(crate) fn check(written: &Written, diagnostics: &mut Diagnostics) -> Option<usize> {
    if written.unclear {
        return None;
    }
    match (written.find("hedge"), written.find("idempotent"), written.find("idempotency_key")) {
        (Some(hedge), None, None) => diagnostics.push(
            hedge,
            "`hedge` runs the body more than once at a time, which must do no harm; add `idempotent` if it does none, \
             or an `idempotency_key` that the dependency knows repeats by",
        ),
        (None, Some(flag), _) | (Some(_), Some(flag), Some(_)) if written.of_block(flag).is_some() => {
            return written.of_block(flag);
        }
        (None, Some(flag), _) => diagnostics.push(
            flag,
            "`idempotent` has no effect without `hedge`; add one, like `hedge = \"p95\"`, or remove it",
        ),
        (Some(_), Some(flag), Some(_)) => {
            diagnostics.push(flag, "`idempotent` has no effect beside `idempotency_key`; remove one of them");
        }
        _ => {}
    }
    None
}

/// The message for a function that cannot be polled beside another of its calls.
pub(crate) const NOT_ASYNC: &str = "`hedge` cannot run a function that is not async more than once at a time; make it \
                                    `async`, or remove `hedge`";

/// The `&mut`s among the arguments, each with what to say of it.
pub(crate) fn exclusive_borrows(signature: &Signature) -> Vec<(TokenStream, &'static str)> {
    const RECEIVER: &str = "`hedge` runs the body more than once at a time, so it cannot borrow `&mut self`; take \
                            `&self` instead";
    const ARGUMENT: &str = "`hedge` runs the body more than once at a time, so it cannot borrow an argument with \
                            `&mut`; take it by value, or by `&`";
    let mut borrows = Vec::new();
    for input in &signature.inputs {
        let (borrow, message) = match input {
            FnArg::Typed(typed) => (exclusive(&typed.ty), ARGUMENT),
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(and, lifetime, Some(mutability)) => {
                    (Some(quote!(#and #lifetime #mutability)), RECEIVER)
                }
                ReceiverKind::Typed(_, ty) => (exclusive(ty), RECEIVER),
                _ => continue,
            },
        };
        if let Some(borrow) = borrow {
            borrows.push((borrow, message));
        }
    }
    borrows
}

/// The `&mut` of a type that is a borrow by it, pinned or not.
fn exclusive(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Reference(reference) => {
            let (and, lifetime, mutability) =
                (&reference.and_token, &reference.lifetime, reference.mutability?);
            Some(quote!(#and #lifetime #mutability))
        }
        Type::Paren(inner) => exclusive(&inner.elem),
        Type::Group(inner) => exclusive(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last().filter(|last| last.ident == "Pin")?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match arguments.args.first()? {
                GenericArgument::Type(ty) => exclusive(ty),
                _ => None,
            }
        }
        _ => None,
    }
}
