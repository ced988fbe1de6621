//! What the body takes from outside, and how an attempt gets it without taking it from the next.
//!
//! | argument | for each attempt |
//! |---|---|
//! | by value | cloned |
//! | `&T` | copied, which needs nothing |
//! | `&mut T` | borrowed again |
//! | `self` by value, `self: Arc<Self>`, .. | cloned, into `__self` |
//! | `&mut self`, `self: Pin<&mut Self>` | borrowed again, into `__self` |

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, FnArg, GenericArgument, Pat, PathArguments, Receiver, ReceiverKind, Signature, Token,
    Type,
};

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
    /// Where to underline what is wrong with it.
    pub(crate) span: Span,
    /// Whether the binding inside is another than the one outside.
    pub(crate) rebinds: bool,
}

/// The arguments of a function.
pub(crate) struct Arguments {
    pub(crate) list: Vec<Argument>,
}

impl Arguments {
    /// The arguments that `signature` declares.
    pub(crate) fn of(signature: &Signature) -> Self {
        let list = signature.inputs.iter().enumerate().map(|(index, input)| match input {
            FnArg::Receiver(receiver) => receiver_argument(receiver),
            FnArg::Typed(typed) => {
                let attributes = typed.attrs.iter().filter(|attribute| holds_for_binding(attribute));
                let (outer, inner, rebinds) = match &*typed.pat {
                    Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
                        let (mutability, name) = (pattern.mutability, &pattern.ident);
                        (name.clone(), quote!(#mutability #name), mutability.is_some())
                    }
                    pattern => (
                        format_ident!("__arg{index}", span = pattern.span()),
                        pattern.to_token_stream(),
                        true,
                    ),
                };
                let again = again(&typed.ty);
                Argument {
                    attributes: attributes.cloned().collect(),
                    outer,
                    inner,
                    again,
                    span: typed.ty.span(),
                    rebinds: rebinds || again != Again::Copied,
                }
            }
        });
        Self { list: list.collect() }
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
                FnArg::Receiver(receiver) if argument.outer == "self" => match argument.again {
                    Again::Repinned => receiver.mutability = Some(Token![mut](receiver.self_token.span)),
                    Again::Cloned => receiver.mutability = None,
                    Again::Copied | Again::Reborrowed => {}
                },
                FnArg::Typed(_) | FnArg::Receiver(_) => {}
            }
        }
    }

    /// Puts `__self` for `self` where the receiver is had again under another name.
    pub(crate) fn rename_receiver(&self, body: TokenStream) -> syn::Result<TokenStream> {
        if !self.list.first().is_some_and(|first| first.outer == "self" && first.rebinds) {
            return Ok(body);
        }
        let statements = Block::parse_within.parse2(body)?;
        let mut renamed = TokenStream::new();
        for mut statement in statements {
            RenameSelf.visit_stmt_mut(&mut statement);
            statement.to_tokens(&mut renamed);
        }
        Ok(renamed)
    }

    /// The statements that make the arguments of one attempt.
    pub(crate) fn again(&self, private: &TokenStream) -> TokenStream {
        let bind = self.list.iter().filter(|argument| argument.rebinds).map(|argument| {
            let Argument { attributes, outer, inner, again, span, .. } = argument;
            let value = match again {
                Again::Copied => quote!(#outer),
                Again::Cloned => quote_spanned!(*span=> #private::clone_arg(&#outer)),
                Again::Reborrowed => quote!(&mut *#outer),
                Again::Repinned => quote!(#outer.as_mut()),
            };
            quote!(#(#attributes)* let #inner = #value;)
        });
        quote!(#(#bind)*)
    }

    /// The names of the arguments outside of the attempts, for the fallback's call.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        self.list.iter().map(|argument| &argument.outer)
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

fn receiver_argument(receiver: &Receiver) -> Argument {
    let again = receiver_again(receiver);
    let name = Ident::new("__self", receiver.self_token.span);
    // What a method that takes `mut self` may do with it, the attempt may do with its clone.
    let mutability = if again == Again::Reborrowed { None } else { receiver.mutability };
    let mutability = if again == Again::Repinned { Some(Token![mut](name.span())) } else { mutability };
    Argument {
        attributes: Vec::new(),
        outer: Ident::new("self", receiver.self_token.span),
        inner: quote!(#mutability #name),
        again,
        span: receiver.self_token.span,
        rebinds: again != Again::Copied,
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

/// Puts `__self` for `self`, in macro calls too, and stays out of items that have a `self` of their own.
struct RenameSelf;

impl RenameSelf {
    fn rename(ident: &mut Ident) {
        if ident == "self" {
            *ident = Ident::new("__self", ident.span());
        }
    }

    fn rename_tokens(tokens: TokenStream) -> TokenStream {
        tokens.into_iter().map(Self::rename_token).collect()
    }

    fn rename_token(token: TokenTree) -> TokenTree {
        match token {
            TokenTree::Ident(mut ident) => {
                Self::rename(&mut ident);
                ident.into()
            }
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), Self::rename_tokens(group.stream()));
                renamed.set_span(group.span());
                renamed.into()
            }
            other => other,
        }
    }
}

impl VisitMut for RenameSelf {
    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        // `self` alone; `self::item` is a module.
        if path.qself.is_none() && path.path.is_ident("self") {
            Self::rename(&mut path.path.segments[0].ident);
        }
        visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        call.tokens = Self::rename_tokens(core::mem::take(&mut call.tokens));
    }

    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}
