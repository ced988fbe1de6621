//! What the shape of the function rules out.

use quote::ToTokens;
use syn::{FnArg, ReturnType, Type};

use super::lifetimes::Lifetimes;
use super::{hedge, lasting, sharing};
use crate::args::Args;
use crate::expand::{
    BY_RESULT, future_output, is_named_future, needs_arguments_again, returns_future, waits,
};
use crate::function::Function;
use crate::types::error_type;

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
    let ReturnType::Type(_, output) = &signature.output else {
        refuse(&signature.ident, &format!("{BY_RESULT}, and this function returns nothing; return one"));
        return mistakes;
    };
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
