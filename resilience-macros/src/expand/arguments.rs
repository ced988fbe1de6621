//! What the body takes from outside, and how an attempt gets it without taking it from the next.
//!
//! | argument | for each attempt |
//! |---|---|
//! | by value | cloned |
//! | `&T` | copied, which needs nothing |
//! | `&mut T` | borrowed again |
//! | `self` by value, `self: Arc<Self>`, .. | cloned, into `__self` |
//! | `&mut self`, `self: Pin<&mut Self>` | borrowed again, into `__self` |

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Pat, PatType, PathArguments, Receiver, ReceiverKind, Signature, Token,
    Type,
};

use super::fields;
use super::receiver::{RECEIVER, rename_self_in_code};
use crate::names::Names;

/// How an argument is had again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// A shared reference.
    Copied,
    Cloned,
    /// A `&mut`.
    Reborrowed,
    /// A `Pin<&mut Self>`.
    Repinned,
}

/// One argument, the receiver included.
pub(crate) struct Argument {
    /// `#[cfg]`s on the parameter, and what it says about lints.
    pub(crate) attributes: Vec<Attribute>,
    /// The name it has outside of the attempt.
    pub(crate) outer: Ident,
    /// What it is bound to inside.
    pub(crate) inner: TokenStream,
    pub(crate) again: Again,
    /// Its type, or the receiver: where to underline that it cannot be had again.
    pub(crate) at: TokenStream,
    /// Whether the binding inside is another than the one outside.
    pub(crate) rebinds: bool,
    /// How it is taken apart inside, unless it is a plain name.
    pub(crate) pattern: Option<Pat>,
}

/// The arguments of a function.
pub(crate) struct Arguments {
    pub(crate) list: Vec<Argument>,
}

impl Arguments {
    /// The arguments that `signature` declares.
    pub(crate) fn of(signature: &Signature) -> Self {
        let mut list = Vec::new();
        for (index, input) in signature.inputs.iter().enumerate() {
            list.push(match input {
                FnArg::Receiver(receiver) => receiver_argument(receiver),
                FnArg::Typed(typed) => typed_argument(typed, index),
            });
        }
        Self { list }
    }

    /// Makes every parameter of `signature` a plain name: its pattern moves into the attempt.
    pub(crate) fn take_from(&self, signature: &mut Signature) {
        for (input, argument) in signature.inputs.iter_mut().zip(&self.list) {
            match input {
                FnArg::Typed(typed) if argument.rebinds => {
                    let name = &argument.outer;
                    *typed.pat = Pat::Verbatim(name.to_token_stream());
                    // What is expected of the parameter now happens to the binding.
                    typed.attrs.retain(|attribute| !attribute.path().is_ident("expect"));
                }
                FnArg::Receiver(receiver) if argument.outer == "self" && argument.rebinds => {
                    match argument.again {
                        Again::Repinned => receiver.mutability = Some(Token![mut](receiver.self_token.span)),
                        Again::Cloned => receiver.mutability = None,
                        Again::Copied | Again::Reborrowed => {}
                    }
                }
                FnArg::Typed(_) | FnArg::Receiver(_) => {}
            }
        }
    }

    /// Whether the receiver has another name inside of an attempt.
    fn renames_receiver(&self) -> bool {
        self.list.first().is_some_and(|first| first.outer == "self" && first.rebinds)
    }

    /// Puts `__self` for `self` where the receiver is had again under another name.
    pub(crate) fn rename_receiver(&self, code: TokenStream) -> TokenStream {
        if self.renames_receiver() { rename_self_in_code(code) } else { code }
    }

    /// Leaves alone the arguments that `body` has no use for: had again, they would be variables that nobody uses,
    /// or uses of ones that nobody should. A `_` has a name for the fallback, if there is one.
    pub(crate) fn leave_idle(&mut self, body: &TokenStream, fields: Option<&TokenStream>, falls_back: bool) {
        for argument in &mut self.list {
            let name = argument.outer.to_string();
            let is_idle = match &argument.pattern {
                Some(pattern) => !falls_back && matches!(pattern, Pat::Wild(_)),
                None if name == "self" || name == RECEIVER => {
                    // Pinned again it has to be `mut`, for a fallback too.
                    let falls_back = falls_back && argument.again == Again::Repinned;
                    !falls_back && !fields::uses(body.clone(), &name)
                }
                None => fields::is_idle(&name, body, fields),
            };
            argument.rebinds = argument.rebinds && !is_idle;
        }
    }

    /// The statements that make the arguments of one attempt.
    pub(crate) fn again(&self, names: &Names) -> TokenStream {
        let mut bind = TokenStream::new();
        for argument in &self.list {
            if argument.rebinds {
                bind.extend(argument.binding(&argument.value(names)));
            }
        }
        bind
    }

    /// The statements that begin an attempt.
    pub(crate) fn taken_apart(&self) -> TokenStream {
        let mut bind = TokenStream::new();
        for argument in &self.list {
            if argument.rebinds && argument.is_taken_apart_inside() {
                let Argument { attributes, outer, inner, .. } = argument;
                // In a block, from which it is moved: a variable that is not `mut` has no `ref mut`.
                bind.extend(quote!(#(#attributes)* let #inner = { #outer };));
            }
        }
        bind
    }

    /// The statements that make arguments for a closure to own, and those that make the arguments of one attempt from
    /// them.
    pub(crate) fn held(&self, names: &Names) -> (TokenStream, TokenStream) {
        let (mut held, mut again) = (TokenStream::new(), TokenStream::new());
        for argument in &self.list {
            if !argument.rebinds {
                continue;
            }
            let Argument { outer, at, .. } = argument;
            let (own, value) = match argument.again {
                Again::Cloned => {
                    let own =
                        if outer == "self" { Ident::new(RECEIVER, outer.span()) } else { outer.clone() };
                    let conditions = argument.conditions();
                    let value = argument.value(names);
                    let own_value = names.again(&own, at);
                    (quote_spanned!(outer.span()=> #(#conditions)* let #own = #value;), own_value)
                }
                _ => (TokenStream::new(), argument.value(names)),
            };
            held.extend(own);
            again.extend(argument.binding(&value));
        }
        (held, again)
    }

    /// The statements that make the parts of arguments that `fields` use.
    pub(crate) fn parts(&self, fields: &TokenStream, names: &Names) -> TokenStream {
        let mut bind = TokenStream::new();
        for argument in &self.list {
            let Some(pattern) = &argument.pattern else { continue };
            let Some(part) = fields::part(pattern, fields) else { continue };
            let conditions = argument.conditions();
            let value = argument.value(names);
            bind.extend(quote!(#(#conditions)* let #part = #value;));
        }
        bind
    }
}

/// Whether `attribute` of a parameter belongs on its binding inside the attempt as well.
fn holds_for_binding(attribute: &Attribute) -> bool {
    ["cfg", "allow", "expect", "warn", "deny", "forbid"].iter().any(|name| attribute.path().is_ident(name))
}

/// How a value of type `ty` is had again.
pub(crate) fn again(ty: &Type) -> Again {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => Again::Reborrowed,
        Type::Reference(_) => Again::Copied,
        Type::Paren(inner) => again(&inner.elem),
        Type::Group(inner) => again(&inner.elem),
        _ => Again::Cloned,
    }
}

impl Argument {
    /// The statement that binds it to `value` inside of an attempt.
    fn binding(&self, value: &TokenStream) -> TokenStream {
        let Self { attributes, outer, inner, .. } = self;
        if self.is_taken_apart_inside() {
            let conditions = self.conditions();
            return quote_spanned!(outer.span()=> #(#conditions)* let #outer = #value;);
        }
        quote_spanned!(outer.span()=> #(#attributes)* let #inner = #value;)
    }

    /// Whether parts of it are bound by `ref`: they borrow from what the future of the attempt has to own.
    fn is_taken_apart_inside(&self) -> bool {
        let borrows = |pattern: &Pat| borrows(pattern.to_token_stream());
        self.again == Again::Cloned && self.pattern.as_ref().is_some_and(borrows)
    }

    /// The `#[cfg]`s of the parameter, which hold wherever it is named.
    pub(super) fn conditions(&self) -> Vec<&Attribute> {
        let mut conditions = Vec::new();
        for attribute in &self.attributes {
            if attribute.path().is_ident("cfg") {
                conditions.push(attribute);
            }
        }
        conditions
    }

    /// What excuses a statement of the macro's own that uses it though its name says that nobody does.
    pub(super) fn excuse(&self) -> Option<TokenStream> {
        let name = self.outer.to_string();
        (name.starts_with('_') && !name.starts_with("__")).then(|| {
            quote!(#[allow(clippy::used_underscore_binding, reason = "the attribute uses it, not the body")])
        })
    }

    /// It, once more.
    pub(super) fn value(&self, names: &Names) -> TokenStream {
        let Self { outer, again, at, .. } = self;
        match again {
            Again::Copied => quote!(#outer),
            Again::Cloned => names.again(outer, at),
            Again::Reborrowed => quote_spanned!(outer.span()=> &mut *#outer),
            Again::Repinned => quote_spanned!(outer.span()=> ::core::pin::Pin::as_mut(&mut #outer)),
        }
    }
}

/// Whether a name in `pattern` is bound by `ref`.
fn borrows(pattern: TokenStream) -> bool {
    for token in pattern {
        let is_there = match token {
            TokenTree::Ident(word) => word == "ref",
            TokenTree::Group(group) => borrows(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if is_there {
            return true;
        }
    }
    false
}

fn typed_argument(typed: &PatType, index: usize) -> Argument {
    let mut attributes = Vec::new();
    for attribute in &typed.attrs {
        if holds_for_binding(attribute) {
            attributes.push(attribute.clone());
        }
    }
    let (outer, inner, pattern) = match &*typed.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            let (mutability, name) = (pattern.mutability, &pattern.ident);
            (name.clone(), quote!(#mutability #name), None)
        }
        pattern => {
            let outer = format_ident!("__arg{index}", span = pattern.span());
            (outer, pattern.to_token_stream(), Some(pattern.clone()))
        }
    };
    let again = again(&typed.ty);
    let is_changed = pattern.is_some() || outer != inner.to_string();
    Argument {
        attributes,
        outer,
        inner,
        again,
        at: typed.ty.to_token_stream(),
        rebinds: is_changed || again != Again::Copied,
        pattern,
    }
}

fn receiver_argument(receiver: &Receiver) -> Argument {
    let again = receiver_again(receiver);
    let name = Ident::new(RECEIVER, receiver.self_token.span);
    // What a method that takes `mut self` may do with it, the attempt may do with its clone.
    let mutability = if again == Again::Reborrowed { None } else { receiver.mutability };
    let mutability = if again == Again::Repinned { Some(Token![mut](name.span())) } else { mutability };
    Argument {
        attributes: Vec::new(),
        outer: Ident::new("self", receiver.self_token.span),
        inner: quote!(#mutability #name),
        again,
        at: receiver.self_token.to_token_stream(),
        rebinds: again != Again::Copied,
        pattern: None,
    }
}

/// How the receiver is had again.
pub(crate) fn receiver_again(receiver: &Receiver) -> Again {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => Again::Copied,
        ReceiverKind::Reference(_, _, Some(_)) => Again::Reborrowed,
        ReceiverKind::Typed(_, ty) if is_pinned(ty) => Again::Repinned,
        ReceiverKind::Typed(_, ty) => again(ty),
        _ => Again::Cloned,
    }
}

/// Whether `ty` is `Pin<&mut Self>`, under any path.
fn is_pinned(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    last.ident == "Pin"
        && matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if again(ty) == Again::Reborrowed)
}
