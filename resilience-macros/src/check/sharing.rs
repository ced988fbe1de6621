//! Rules of `cache` and `coalesce`, which give an answer more than once: what it is found by, and whether it can be.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{FnArg, Pat, PatType, Receiver, ReceiverKind, ReturnType, Type};

use crate::args::{Args, FoundBy};
use crate::diag::Diagnostics;
use crate::expand::{LARGEST_KEY, returns_future};
use crate::function::Function;
use crate::policy::cache::Cache;
use crate::types::{Part, ok_type, walk};

/// Reports keys that cannot be meant.
pub(crate) fn check(args: &Args, diagnostics: &mut Diagnostics) {
    if let (Some(_), Some(key)) =
        (&args.cache, args.coalesce.as_ref().and_then(|coalesce| coalesce.key.as_ref()))
    {
        diagnostics
            .push(&key.key, "`coalesce` goes by the key of the `cache` beside it; write it there alone");
    }
    if let Some(key) = args.found_by().and_then(FoundBy::key) {
        key.refuse_literal("key = id", diagnostics);
    }
}

/// What the two cannot do with this function; with both, once.
pub(crate) fn mistakes(function: &Function, args: &Args) -> Vec<syn::Error> {
    let coalesce = args.coalesce.as_ref().map(|coalesce| &coalesce.keyword);
    let (Some(policy), Some(found_by)) =
        (args.cache.as_ref().map(Cache::keyword).or(coalesce), args.found_by())
    else {
        return Vec::new();
    };
    let mut mistakes = Mistakes {
        policy,
        has_key: found_by.key().is_some(),
        is_kept: args.cache.is_some(),
        errors: Vec::new(),
    };
    let inputs = &function.signature.inputs;
    if found_by.key().is_none() && inputs.len() > LARGEST_KEY {
        let like = mistakes.like("(a, b)");
        let message = format!(
            "more than {LARGEST_KEY} arguments are no key; write what the answer depends on, like {like}"
        );
        mistakes.refuse(policy, &message);
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
            let does = if mistakes.is_kept { "keeps answers" } else { "gives answers to several calls" };
            let message = format!(
                "`{policy}` {does}, and this one borrows; return an owned value, like a `String`, or an `Arc`"
            );
            mistakes.refuse(answer, &message);
        }
    }
    mistakes.errors
}

struct Mistakes<'a> {
    policy: &'a Ident,
    has_key: bool,
    /// Whether an answer is given again, and not only to calls at the same time.
    is_kept: bool,
    errors: Vec<syn::Error>,
}

impl Mistakes<'_> {
    fn refuse(&mut self, at: &dyn ToTokens, message: &str) {
        self.errors.push(syn::Error::new_spanned(at.to_token_stream(), message));
    }

    /// How the policy is written with a key.
    fn like(&self, key: &str) -> String {
        let first = if self.is_kept { ".., " } else { "" };
        format!("`{}({first}key = {key})`", self.policy)
    }

    fn changes(&mut self, at: &dyn ToTokens) {
        let (policy, does) =
            (self.policy, if self.is_kept { "gives again" } else { "gives to several calls" });
        let message = format!(
            "`{policy}` {does} what is returned, and not what is written through a `&mut`; return it, or remove \
             `{policy}`"
        );
        self.refuse(at, &message);
    }

    fn receiver(&mut self, receiver: &Receiver) {
        let is_exclusive = match &receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
            ReceiverKind::Typed(_, ty) => Borrows::of(ty).is_exclusive,
            _ => false,
        };
        if is_exclusive {
            self.changes(receiver);
        } else if !self.has_key {
            let (policy, like) = (self.policy, self.like("(self.id, name)"));
            let message = format!(
                "`{policy}` cannot tell one `self` from another; write what the answer depends on, like {like}"
            );
            self.refuse(policy, &message);
        }
    }

    fn argument(&mut self, typed: &PatType) {
        let policy = self.policy;
        if Borrows::of(&typed.ty).is_exclusive {
            return self.changes(&typed.ty);
        }
        if self.has_key {
            return;
        }
        let is_named =
            matches!(&*typed.pat, Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none());
        let what = if !is_named {
            "an argument without a name is no part of a key; give it one, or write"
        } else if typed.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            "an argument that is not always there is no part of a key; write"
        } else if Borrows::of(referent(&typed.ty)).is_any {
            let like = self.like("name.to_owned()");
            let message = format!(
                "`{policy}` keeps its keys, and this one borrows; write what the answer depends on as an owned value, \
                 like {like}"
            );
            return self.refuse(&typed.ty, &message);
        } else {
            return;
        };
        let message = format!("{what} what the answer of `{policy}` depends on, like {}", self.like("id"));
        self.refuse(&typed.pat, &message);
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
        walk(&mut ty.clone(), &mut |part| {
            match part {
                Part::Type(Type::Reference(reference)) => {
                    borrows.is_exclusive |= reference.mutability.is_some();
                    borrows.is_any |= reference.lifetime.is_none();
                }
                // It has lifetimes of its own.
                Part::Type(Type::ImplTrait(_)) => return false,
                Part::Type(_) | Part::Declared(_) => {}
                Part::Lifetime(lifetime) => borrows.is_any |= lifetime.ident != "static",
            }
            true
        });
        borrows
    }
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
