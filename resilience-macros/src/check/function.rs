//! What the shape of the function rules out.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, Lifetime, PathArguments, ReturnType, Type, TypeReference};

use super::{hedge, lasting, sharing};
use crate::args::Args;
use crate::expand::{future_output, is_named_future, needs_arguments_again, returns_future, waits};
use crate::function::Function;
use crate::types::{Part, walk};

/// How the message begins for a function that returns something else.
pub(crate) const BY_RESULT: &str = "`#[resilient]` tells success from failure by a `Result`";

/// What to say of a future under a name of its own: what it gives is behind the name.
const NAMED: &str = "`#[resilient]` does not see through the name of a future; write out what it is, like `impl \
                     Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..> + Send>>`, or make the function `async`";

/// How it ends for a method that has the attribute of its block.
const SKIP: &str = ", or leave the method out with `#[resilient(skip)]`";

/// What the attribute cannot do with this function.
pub(crate) fn mistakes(function: &Function, args: &Args) -> Vec<syn::Error> {
    let signature = &function.signature;
    let mut mistakes = sharing::mistakes(function, args);
    let skip = if args.is_of_block { SKIP } else { "" };
    let mut refuse = |at: &dyn ToTokens, message: &str| {
        mistakes.push(syn::Error::new_spanned(at.to_token_stream(), format_args!("{message}{skip}")));
    };
    if let ReturnType::Type(_, output) = &signature.output
        && signature.asyncness.is_none()
        && is_named_future(output)
    {
        refuse(output, NAMED);
        return mistakes;
    }
    if let Some(constness) = &signature.constness {
        refuse(
            constness,
            "a `const fn` cannot wait, so there is nothing to retry or to limit in it; write `async` instead of `const`",
        );
    }
    if let Some(variadic) = &signature.variadic {
        refuse(variadic, "the arguments of a variadic function cannot be passed on to an attempt");
    }
    if signature.constness.is_none() && !waits(signature) {
        // What stops a body drops its future: one that is no future runs until it returns.
        for limit in args.timeout.iter().chain(&args.deadline) {
            let key = &limit.key;
            refuse(
                key,
                &format!(
                    "`{key}` cannot stop a function that is not async; make it `async`, or give what it calls a \
                     time limit and remove `{key}`"
                ),
            );
        }
        if let Some(hedge) = &args.hedge {
            refuse(&hedge.key, hedge::NOT_ASYNC);
        }
    }
    let borrows = if args.hedge.is_some() && waits(signature) {
        hedge::exclusive_borrows(signature)
    } else {
        Vec::new()
    };
    for (borrow, message) in &borrows {
        refuse(borrow, message);
    }
    if !waits(signature)
        && let Some(key) = args.preset_timeout()
    {
        refuse(
            key,
            "the preset has a `timeout`, which cannot stop a function that is not async; make it `async`, or add \
             `timeout = \"none\"`",
        );
    }
    let ReturnType::Type(_, output) = &signature.output else { return mistakes };
    if !returns_future(&signature.output) && is_no_result(output) {
        refuse(output, &format!("{BY_RESULT}, which this is not; return one"));
    }
    if let error @ Type::ImplTrait(_) = error_type(output)
        && !is_no_result(output)
    {
        refuse(error, "how to take an error depends on its type, and this one is hidden; write its name");
    }
    if let Some((at, message)) = &lasting::mistake(function) {
        refuse(at, message);
    }
    for (key, seen, callable) in [("when", "error", &args.when), ("when_ok", "value", &args.when_ok)] {
        let written = callable.as_ref().and_then(|callable| callable.value.written_type());
        if let Some(taken @ Type::Path(_)) = written {
            refuse(
                taken,
                &format!("`{key}` looks at the {seen} and does not take it; write `&` before the type"),
            );
        }
    }
    for closure in &args.answers_for_values(signature.inputs.len()) {
        refuse(
            closure,
            "with `when_ok` a value can be what failed, and there is no error for this fallback to take then; let it \
             take the arguments alone, or remove `when_ok`",
        );
    }
    // What a future itself borrows is free again when the next attempt begins.
    let given = future_output(output).map_or(&**output, |(given, _)| given);
    if borrows.is_empty() && needs_arguments_again(args) && returns_exclusive_borrow(function, given) {
        refuse(
            given,
            "this borrows from a `&mut` argument, which the next attempt needs again; return an owned value, or \
             remove `retry` and `fallback`",
        );
    }
    mistakes
}

/// Whether `output` is no `Result` by its looks; what has a name may be an alias of one.
fn is_no_result(output: &Type) -> bool {
    match output {
        Type::Group(inner) => is_no_result(&inner.elem),
        Type::Paren(inner) => is_no_result(&inner.elem),
        Type::Path(_) | Type::Macro(_) | Type::Infer(_) | Type::Verbatim(_) => false,
        _ => true,
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

/// The one token of a type to underline: the last name of a path.
pub(crate) fn type_name(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path.path.segments.last().map_or_else(|| ty.span(), |last| last.ident.span()),
        Type::Group(inner) => type_name(&inner.elem),
        _ => ty.span(),
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
                    if let (Some(lifetime), Some(_)) = (lifetime, mutability) {
                        exclusive.push(lifetime.clone());
                    }
                    receiver = Some(lifetime.is_none() && mutability.is_some());
                    continue;
                }
                syn::ReceiverKind::Typed(_, ty) => (Some(&**ty), true),
                _ => (None, true),
            },
        };
        let Some(ty) = ty else { continue };
        let mut lifetimes = Lifetimes::of(ty);
        exclusive.append(&mut lifetimes.exclusive);
        elided_inputs += lifetimes.elided;
        elided_exclusive |= lifetimes.elided_exclusive;
        if is_receiver && lifetimes.elided > 0 {
            receiver = Some(lifetimes.elided_exclusive);
        }
    }
    let elision_is_exclusive = receiver.unwrap_or(elided_inputs == 1 && elided_exclusive);
    let lifetimes = Lifetimes::of(output);
    (lifetimes.elided > 0 && elision_is_exclusive)
        || lifetimes.named.iter().any(|name| exclusive.contains(name))
}

/// The lifetimes in a type.
#[derive(Default)]
pub(super) struct Lifetimes {
    pub(super) named: Vec<Lifetime>,
    /// Those of `&'a mut`.
    exclusive: Vec<Lifetime>,
    pub(super) elided: usize,
    elided_exclusive: bool,
}

impl Lifetimes {
    pub(super) fn of(ty: &Type) -> Self {
        let mut lifetimes = Self::default();
        walk(&mut ty.clone(), &mut |part| {
            match part {
                Part::Type(Type::Reference(reference)) => lifetimes.add_reference(reference),
                Part::Type(_) => {}
                Part::Lifetime(lifetime) if lifetime.ident == "_" => lifetimes.elided += 1,
                Part::Lifetime(lifetime) => lifetimes.named.push(lifetime.clone()),
            }
            true
        });
        lifetimes
    }

    fn add_reference(&mut self, reference: &TypeReference) {
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
    }
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
        assert!(borrows(quote!(
            async fn f(&mut self) -> Result<&u8, E> {}
        )));
        assert!(borrows(quote!(
            async fn f(&mut self, key: &str) -> Result<&mut u8, E> {}
        )));
        assert!(borrows(quote!(
            async fn f(buffer: &mut [u8]) -> Result<&[u8], E> {}
        )));
        assert!(borrows(quote!(
            async fn f<'a>(buffer: &'a mut [u8], key: &str) -> Result<&'a [u8], E> {}
        )));
        assert!(borrows(quote!(
            async fn f(&mut self) -> Result<Guard<'_>, E> {}
        )));
    }

    #[test]
    fn other_borrows_are_none_of_it() {
        assert!(!borrows(quote!(
            async fn f(&self) -> Result<&u8, E> {}
        )));
        assert!(!borrows(quote!(
            async fn f(&self, buffer: &mut [u8]) -> Result<&u8, E> {}
        )));
        assert!(!borrows(quote!(
            async fn f(&mut self) -> Result<&'static u8, E> {}
        )));
        assert!(!borrows(quote!(
            async fn f<'a>(&mut self, key: &'a str) -> Result<&'a str, E> {}
        )));
        assert!(!borrows(quote!(
            async fn f(buffer: &mut Vec<u8>) -> Result<usize, E> {}
        )));
    }
}
