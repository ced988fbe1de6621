//! What the shape of the function rules out.

use syn::visit::{self, Visit};
use syn::{FnArg, GenericArgument, Lifetime, PathArguments, ReturnType, Type, TypeReference};

use crate::args::Args;
use crate::diag::Diagnostics;
use crate::expand::needs_arguments_again;
use crate::function::Function;

/// Reports what the attribute cannot do with this function.
pub(crate) fn check(function: &Function, args: &Args, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    if let Some(constness) = &signature.constness {
        diagnostics.push(constness, "a `const fn` cannot wait, so there is nothing to retry or to limit in it; remove `const`");
    }
    if let Some(variadic) = &signature.variadic {
        diagnostics.push(variadic, "the arguments of a variadic function cannot be passed on to an attempt");
    }
    if needs_arguments_again(args)
        && let ReturnType::Type(_, output) = &signature.output
        && returns_exclusive_borrow(function, output)
    {
        diagnostics.push(
            output,
            "this borrows from a `&mut` argument, which the next attempt needs again; return an owned value, or \
             remove `retry` and `fallback`",
        );
    }
}

/// The type to underline when the error of `output` is wrong: the `E` of a `Result<T, E>` as it is written,
/// and all of an alias.
pub(crate) fn error_type(output: &Type) -> &Type {
    let Type::Path(path) = output else { return output };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Result") else { return output };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return output };
    match arguments.args.iter().nth(1) {
        Some(GenericArgument::Type(error)) => error,
        _ => output,
    }
}

/// Whether `output` borrows from a `&mut` argument, by the names of the lifetimes and by elision.
fn returns_exclusive_borrow(function: &Function, output: &Type) -> bool {
    let mut exclusive = Vec::new();
    let mut elided_inputs = 0;
    let mut elided_exclusive = false;
    let mut receiver = None;
    for input in &function.signature.inputs {
        let (ty, is_receiver) = match input {
            FnArg::Typed(typed) => (Some(&*typed.ty), false),
            FnArg::Receiver(self_) => match &self_.kind {
                syn::ReceiverKind::Reference(_, lifetime, mutability) => {
                    if mutability.is_some() {
                        exclusive.extend(lifetime.clone());
                    }
                    receiver = Some(lifetime.is_none() && mutability.is_some());
                    continue;
                }
                syn::ReceiverKind::Typed(_, ty) => (Some(&**ty), true),
                _ => (None, true),
            },
        };
        let Some(ty) = ty else { continue };
        let mut lifetimes = Lifetimes::default();
        lifetimes.visit_type(ty);
        exclusive.extend(lifetimes.exclusive);
        elided_inputs += lifetimes.elided;
        elided_exclusive |= lifetimes.elided_exclusive;
        if is_receiver && lifetimes.elided > 0 {
            receiver = Some(lifetimes.elided_exclusive);
        }
    }
    let elision_is_exclusive = receiver.unwrap_or(elided_inputs == 1 && elided_exclusive);
    let mut lifetimes = Lifetimes::default();
    lifetimes.visit_type(output);
    (lifetimes.elided > 0 && elision_is_exclusive) || lifetimes.named.iter().any(|name| exclusive.contains(name))
}

/// The lifetimes in a type.
#[derive(Default)]
struct Lifetimes {
    named: Vec<Lifetime>,
    /// Those of `&'a mut`.
    exclusive: Vec<Lifetime>,
    elided: usize,
    elided_exclusive: bool,
}

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        let is_exclusive = reference.mutability.is_some();
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident != "_" => {
                if is_exclusive {
                    self.exclusive.push(lifetime.clone());
                }
            }
            Some(_) => self.elided_exclusive |= is_exclusive,
            None => {
                self.elided += 1;
                self.elided_exclusive |= is_exclusive;
            }
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident == "_" {
            self.elided += 1;
        } else {
            self.named.push(lifetime.clone());
        }
    }

    // `impl Future<Output = ..> + '_` and function pointers have lifetimes of their own.
    fn visit_type_fn_ptr(&mut self, _pointer: &'ast syn::TypeFnPtr) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn borrows(item: proc_macro2::TokenStream) -> bool {
        let function = Function::parse(item).unwrap();
        let ReturnType::Type(_, output) = function.signature.output.clone() else { panic!("no output") };
        returns_exclusive_borrow(&function, &output)
    }

    #[test]
    fn a_borrow_of_a_mutable_argument_is_found() {
        assert!(borrows(quote!(async fn f(&mut self) -> Result<&u8, E> {})));
        assert!(borrows(quote!(async fn f(&mut self, key: &str) -> Result<&mut u8, E> {})));
        assert!(borrows(quote!(async fn f(buffer: &mut [u8]) -> Result<&[u8], E> {})));
        assert!(borrows(quote!(async fn f<'a>(buffer: &'a mut [u8], key: &str) -> Result<&'a [u8], E> {})));
        assert!(borrows(quote!(async fn f(&mut self) -> Result<Guard<'_>, E> {})));
    }

    #[test]
    fn other_borrows_are_none_of_it() {
        assert!(!borrows(quote!(async fn f(&self) -> Result<&u8, E> {})));
        assert!(!borrows(quote!(async fn f(&self, buffer: &mut [u8]) -> Result<&u8, E> {})));
        assert!(!borrows(quote!(async fn f(&mut self) -> Result<&'static u8, E> {})));
        assert!(!borrows(quote!(async fn f<'a>(&mut self, key: &'a str) -> Result<&'a str, E> {})));
        assert!(!borrows(quote!(async fn f(buffer: &mut Vec<u8>) -> Result<usize, E> {})));
    }
}
