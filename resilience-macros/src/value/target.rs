//! Which policy of a kind that functions can share: the function's own, one with a name, or one in a `static`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, Lit, LitStr};

use super::{Wrong, constant, literal, peel, shown};
use crate::names::Names;

/// Which policy of its kind a function uses.
#[derive(Clone)]
pub(crate) enum Target {
    /// One that no other function uses.
    Own,
    /// The one of all who name it.
    Named(LitStr),
    /// The path of a `static`, and the type it has.
    Static(ExprPath, &'static str),
}

/// What messages call the policies of a kind.
#[derive(Debug)]
pub(crate) struct Kind {
    /// With its article.
    pub(crate) noun: &'static str,
    /// A name for one.
    pub(crate) example: &'static str,
    /// The runtime's type of one.
    pub(crate) policy: &'static str,
    /// How to say which one, for the end of a message.
    pub(crate) advice: &'static str,
}

impl Kind {
    /// Reads a name, or the path of a `static`.
    pub(crate) fn read(&self, value: &Expr) -> Result<Target, Wrong> {
        let Self { noun, example, policy, advice } = self;
        Err(Wrong::new(match (value, literal(value)) {
            (_, Some((Lit::Str(name), false))) if !name.value().trim().is_empty() => {
                return Ok(Target::Named(name.clone()));
            }
            (_, Some((Lit::Str(_), false))) => {
                format!("{noun}'s name cannot be empty; write one, like \"{example}\"")
            }
            (_, Some((other, negative))) => format!("`{}` is not {noun}; {advice}", shown(other, negative)),
            (Expr::Path(path), _) => return constant(value).map(|_| Target::Static(path.clone(), policy)),
            (Expr::Reference(reference), _) if is_path(&reference.expr) => {
                format!("{noun} is borrowed where it is used; write its path without `&`")
            }
            _ => format!("expected {noun}; {advice}"),
        }))
    }
}

/// Whether `value` stands for a policy itself and not for the value of its main setting: a path, or a borrow of one.
pub(crate) fn is_static(value: &Expr) -> bool {
    match peel(value) {
        Expr::Reference(reference) => is_path(&reference.expr),
        value => is_path(value),
    }
}

fn is_path(value: &Expr) -> bool {
    matches!(peel(value), Expr::Path(_))
}

impl Target {
    /// The runtime's `source` of the policy, with the settings that the function gives one of its own or of a name;
    /// none for one of its own without settings.
    pub(crate) fn source(
        &self,
        source: &str,
        config: Option<TokenStream>,
        names: &Names,
    ) -> Option<TokenStream> {
        let private = names.private();
        let source = Ident::new(source, Span::call_site());
        Some(match (self, config) {
            (Self::Own, config) => {
                let config = config?;
                quote!(#private::#source::own(#config))
            }
            (Self::Named(name), Some(config)) => quote!(#private::#source::named(#name, #config)),
            (Self::Named(name), None) => quote!(#private::#source::shared(#name)),
            (Self::Static(path, policy), _) => {
                let (held, policy) = (names.policy(), Ident::new(policy, Span::call_site()));
                let borrowed = quote_spanned!(path.span()=> &#path);
                // In a `static` of its own: of a `const` the compiler says there that it should be one as well.
                quote!({ static #held: &#private::#policy = #borrowed; #private::#source::to(#held) })
            }
        })
    }
}
