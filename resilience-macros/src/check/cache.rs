//! Rules of `cache` that the tokens alone decide: its settings, and the functions whose answers it cannot remember.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, Lifetime, Pat, PatType, PathArguments, Receiver, ReceiverKind, ReturnType, Type,
    TypeReference,
};

use super::keys::Written;
use crate::args::Args;
use crate::diag::{Diagnostics, list};
use crate::expand::{LARGEST_KEY, returns_future};
use crate::function::Function;
use crate::policy::cache::{Cache, ROOM};
use crate::value::{Target, literal};

/// Reports settings that cannot be meant.
pub(crate) fn check(args: &Args, written: &Written, diagnostics: &mut Diagnostics) {
    let Some(cache) = args.cache.as_ref() else { return };
    if let Some(key) = &cache.key
        && literal(&key.value.0).is_some()
    {
        let message = format!(
            "`{}` is the same for every call; write an expression of the arguments, like `key = id`",
            key.tokens
        );
        diagnostics.push(&key.tokens, message);
    }
    if written.unclear || matches!(cache.target.value, Target::Static(_)) {
        return;
    }
    let ttl = written.setting(&ROOM, "ttl");
    if let (Some(ttl), true) = (ttl, cache.begins_with_ttl()) {
        diagnostics.push(ttl, "`cache(..)` begins with its `ttl`; remove one of them");
    }
    if ttl.is_some() || cache.begins_with_ttl() {
        return;
    }
    if let Target::Named(_) = cache.target.value {
        let mut settings = written.settings(&ROOM);
        settings.retain(|setting| *setting == "capacity" || *setting == "stale_if_error");
        if let Some(first) = settings.first() {
            let need = if settings.len() == 1 { "needs" } else { "need" };
            let settings = list(&settings);
            let message =
                format!("{settings} {need} a time beside it; add it first, like `cache(\"60s\", ..)`");
            diagnostics.push(first, message);
        }
    } else {
        let message =
            "`cache` needs to know how long an answer is given again; add a time, like `cache = \"60s\"`";
        diagnostics.push(cache.keyword(), message);
    }
}

/// What `cache` cannot do with this function.
pub(crate) fn mistakes(function: &Function, args: &Args) -> Vec<syn::Error> {
    let Some(cache) = args.cache.as_ref() else { return Vec::new() };
    let mut mistakes = Mistakes { cache, errors: Vec::new() };
    let inputs = &function.signature.inputs;
    if cache.key.is_none() && inputs.len() > LARGEST_KEY {
        let message = format!(
            "more than {LARGEST_KEY} arguments are no key; write what the answer depends on, like \
             `cache(.., key = (a, b))`"
        );
        mistakes.refuse(cache.keyword(), &message);
    }
    for input in inputs {
        match input {
            FnArg::Receiver(receiver) => mistakes.receiver(receiver),
            FnArg::Typed(typed) => mistakes.argument(typed),
        }
    }
    if let ReturnType::Type(_, output) = &function.signature.output
        && !returns_future(&function.signature.output)
    {
        let answer = ok_type(output);
        if Borrows::of(answer).is_any {
            mistakes.refuse(
                answer,
                "`cache` keeps answers, and this one borrows; return an owned value, like a `String`, or an `Arc`",
            );
        }
    }
    mistakes.errors
}

struct Mistakes<'a> {
    cache: &'a Cache,
    errors: Vec<syn::Error>,
}

impl Mistakes<'_> {
    fn refuse(&mut self, at: &dyn ToTokens, message: &str) {
        self.errors.push(syn::Error::new_spanned(at.to_token_stream(), message));
    }

    fn changes(&mut self, at: &dyn ToTokens) {
        self.refuse(
            at,
            "`cache` gives again what is returned, and not what is written through a `&mut`; return it, or remove \
             `cache`",
        );
    }

    fn receiver(&mut self, receiver: &Receiver) {
        let is_exclusive = match &receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
            ReceiverKind::Typed(_, ty) => Borrows::of(ty).is_exclusive,
            _ => false,
        };
        if is_exclusive {
            self.changes(receiver);
        } else if self.cache.key.is_none() {
            let cache = self.cache;
            self.refuse(
                cache.keyword(),
                "`cache` cannot tell one `self` from another; write what the answer depends on, like \
                 `cache(.., key = (self.id, name))`",
            );
        }
    }

    fn argument(&mut self, typed: &PatType) {
        let message = if Borrows::of(&typed.ty).is_exclusive {
            return self.changes(&typed.ty);
        } else if self.cache.key.is_some() {
            return;
        } else if !matches!(&*typed.pat, Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none()) {
            "an argument without a name is no part of a key; give it one, or write what the answer of `cache` depends \
             on, like `cache(.., key = id)`"
        } else if typed.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            "an argument that is not always there is no part of a key; write what the answer of `cache` depends on, \
             like `cache(.., key = id)`"
        } else if Borrows::of(referent(&typed.ty)).is_any {
            return self.refuse(
                &typed.ty,
                "`cache` keeps its keys, and this one borrows; write what the answer depends on as an owned value, \
                 like `cache(.., key = name.to_owned())`",
            );
        } else {
            return;
        };
        self.refuse(&typed.pat, message);
    }
}

/// The type of the answer in `output`: the `T` of a `Result<T, E>` or of an alias as it is written, and else all of it.
pub(crate) fn ok_type(output: &Type) -> &Type {
    let Type::Path(path) = output else { return output };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|last| &last.arguments)
    else {
        return output;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(answer)) => answer,
        _ => output,
    }
}

/// What a reference refers to, which has an owned copy; any other type itself.
fn referent(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => &reference.elem,
        Type::Paren(inner) => referent(&inner.elem),
        Type::Group(inner) => referent(&inner.elem),
        _ => ty,
    }
}

/// What a type borrows, by its looks.
#[derive(Default)]
struct Borrows {
    is_any: bool,
    is_exclusive: bool,
}

impl Borrows {
    fn of(ty: &Type) -> Self {
        let mut borrows = Self::default();
        borrows.visit_type(ty);
        borrows
    }
}

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.is_exclusive |= reference.mutability.is_some();
        self.is_any |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.is_any |= lifetime.ident != "static";
    }

    // They have lifetimes of their own.
    fn visit_type_fn_ptr(&mut self, _pointer: &'ast syn::TypeFnPtr) {}

    fn visit_type_impl_trait(&mut self, _hidden: &'ast syn::TypeImplTrait) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn borrows(ty: &str) -> (bool, bool) {
        let Borrows { is_any, is_exclusive } = Borrows::of(&syn::parse_str(ty).unwrap());
        (is_any, is_exclusive)
    }

    #[test]
    fn borrows_are_found_by_their_looks() {
        assert_eq!(borrows("Option<&str>"), (true, false));
        assert_eq!(borrows("Guard<'_>"), (true, false));
        assert_eq!(borrows("&'static str"), (false, false));
        assert_eq!(borrows("Vec<String>"), (false, false));
        assert_eq!(borrows("Option<&mut u8>"), (true, true));
        assert_eq!(borrows("fn(&str) -> &str"), (false, false));
    }
}
