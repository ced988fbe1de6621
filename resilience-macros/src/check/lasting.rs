//! A future that outlives what its attempts borrow.
//!
//! The body of a function that returns a future runs in each attempt, and so inside of that future: what the body takes
//! from a borrowed argument before it makes its own future is borrowed by the future too.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    CapturedParam, FnArg, GenericArgument, Lifetime, PathArguments, ReceiverKind, ReturnType, Token, Type,
    TypeParamBound,
};

use super::lifetimes::Lifetimes;
use crate::diag::list;
use crate::expand::{future_output, uses};
use crate::function::Function;

/// What says that the future borrows nothing, and why it cannot be so.
pub(super) fn mistake(function: &Function) -> Option<(TokenStream, String)> {
    let ReturnType::Type(_, output) = &function.signature.output else { return None };
    if function.signature.asyncness.is_some() || future_output(output).is_none() {
        return None;
    }
    let at = lasting(output)?;
    let mut borrowed = Vec::new();
    for input in &function.signature.inputs {
        names(input, &mut |name| {
            if uses(function.statements.clone(), name) {
                borrowed.push(name.to_owned());
            }
        });
    }
    let message = format!(
        "each attempt runs the body, which borrows {}, so that the future cannot be `'static`; let it borrow with `'_`, \
         take owned arguments, or put the attribute on an `async fn` that is given what this one prepares",
        list(&borrowed)
    );
    (!borrowed.is_empty()).then_some((at, message))
}

/// What says that the future of the type `ty` borrows nothing.
fn lasting(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Paren(inner) => lasting(&inner.elem),
        Type::Group(inner) => lasting(&inner.elem),
        Type::ImplTrait(hidden) => {
            let captures = hidden.bounds.iter().find_map(|bound| match bound {
                TypeParamBound::PreciseCapture(captures) => Some(captures),
                _ => None,
            });
            let borrows = |parameter: &CapturedParam| matches!(parameter, CapturedParam::Lifetime(_));
            match (lifetime(&hidden.bounds), captures) {
                (Some(lifetime), _) => is_static(lifetime).then(|| lifetime.to_token_stream()),
                (None, Some(captures)) if !captures.params.iter().any(borrows) => {
                    Some(captures.to_token_stream())
                }
                (None, _) => None,
            }
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match arguments.args.first()? {
                GenericArgument::Lifetime(lifetime) => {
                    is_static(lifetime).then(|| lifetime.to_token_stream())
                }
                GenericArgument::Type(Type::TraitObject(object)) if last.ident == "Box" => {
                    match lifetime(&object.bounds) {
                        Some(lifetime) => is_static(lifetime).then(|| lifetime.to_token_stream()),
                        // In a box without another lifetime it is that.
                        None => Some(object.to_token_stream()),
                    }
                }
                GenericArgument::Type(inner) if last.ident == "Pin" => lasting(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

fn lifetime(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Lifetime> {
    bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Shows the names by which the body has what `input` borrows.
fn names(input: &FnArg, show: &mut dyn FnMut(&str)) {
    let borrows = |ty| {
        let lifetimes = Lifetimes::of(ty);
        lifetimes.elided > 0 || lifetimes.named.iter().any(|lifetime| !is_static(lifetime))
    };
    match input {
        FnArg::Receiver(receiver) => {
            let is_borrowed = match &receiver.kind {
                ReceiverKind::Reference(_, lifetime, _) => !lifetime.as_ref().is_some_and(is_static),
                ReceiverKind::Typed(_, ty) => borrows(ty),
                _ => false,
            };
            if is_borrowed {
                show("self");
            }
        }
        FnArg::Typed(typed) if borrows(&typed.ty) => words(typed.pat.to_token_stream(), show),
        FnArg::Typed(_) => {}
    }
}

fn words(tokens: TokenStream, show: &mut dyn FnMut(&str)) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => show(&word.to_string()),
            TokenTree::Group(group) => words(group.stream(), show),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[track_caller]
    fn assert_at(item: TokenStream, expected: Option<&str>) {
        let at = mistake(&Function::parse(item).unwrap()).map(|(at, _)| at.to_string());
        assert_eq!(at.as_deref(), expected);
    }

    #[test]
    fn a_future_that_outlives_what_it_borrows_is_found() {
        assert_at(
            quote!(
                fn f(&self) -> impl Future<Output = R> + 'static {
                    g(self.a)
                }
            ),
            Some("'static"),
        );
        assert_at(
            quote!(
                fn f(a: &str) -> impl Future<Output = R> + use<> {
                    g(a)
                }
            ),
            Some("use < >"),
        );
        assert_at(
            quote!(
                fn f((a, _): (B<'_>, C)) -> BoxFuture<'static, R> {
                    g(a)
                }
            ),
            Some("'static"),
        );
        assert_at(
            quote!(
                fn f<'a>(self: &'a Arc<Self>) -> Pin<Box<dyn Future<Output = R> + Send>> {
                    self.g()
                }
            ),
            Some("dyn Future < Output = R > + Send"),
        );
    }

    #[test]
    fn any_other_future_may_be() {
        assert_at(
            quote!(
                fn f(&self) -> impl Future<Output = R> + '_ {
                    g(self.a)
                }
            ),
            None,
        );
        assert_at(
            quote!(
                fn f<'a>(a: &'a str) -> impl Future<Output = R> + use<'a> {
                    g(a)
                }
            ),
            None,
        );
        assert_at(
            quote!(
                fn f(&self, a: &str) -> BoxFuture<'_, R> {
                    g(self, a)
                }
            ),
            None,
        );
        assert_at(
            quote!(
                fn f(self, a: &'static str) -> BoxFuture<'static, R> {
                    g(self, a)
                }
            ),
            None,
        );
        assert_at(
            quote!(
                fn f(&self, a: String) -> BoxFuture<'static, R> {
                    g(a)
                }
            ),
            None,
        );
        assert_at(
            quote!(
                fn f(&self) -> Result<Box<dyn E>, F> {
                    self.g()
                }
            ),
            None,
        );
        assert_at(
            quote!(
                async fn f(&self) -> Result<Box<dyn E + 'static>, F> {
                    self.g()
                }
            ),
            None,
        );
    }
}
