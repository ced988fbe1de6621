//! A value together with the key it was written for, so that a message can underline either.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

use super::{Literal, Value};
use crate::names::Names;

/// `key = value`, understood.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    pub(crate) key: Ident,
    /// The policy whose own setting it is, where others have one of this name.
    pub(crate) room: Option<&'static str>,
    /// What to underline when the value is at fault: the value, or the key when it stands alone.
    pub(crate) tokens: TokenStream,
    pub(crate) value: T,
}

impl<T> Setting<T> {
    /// What the attribute as a whole says.
    pub(crate) fn implied(key: &str, value: T) -> Self {
        let key = Ident::new(key, Span::call_site());
        Self { key, room: None, tokens: TokenStream::new(), value }
    }

    /// The setting with another value that it says.
    pub(crate) fn with<U>(&self, value: U) -> Setting<U> {
        Setting { key: self.key.clone(), room: self.room, tokens: self.tokens.clone(), value }
    }

    /// The constant that holds the user's expression.
    fn bound(&self, names: &Names) -> Ident {
        bound(self.room, &self.key, &self.tokens, names)
    }
}

// What does not depend on the kind of the value is compiled once, and not for each.
fn bound(room: Option<&str>, key: &Ident, at: &TokenStream, names: &Names) -> Ident {
    match room {
        Some(room) => names.bound(&format_args!("{room}_{key}"), at),
        None => names.bound(key, at),
    }
}

fn binding(name: &Ident, rust_type: &TokenStream, value: &Expr) -> TokenStream {
    quote!(const #name: #rust_type = #value;)
}

fn call(name: &str, value: &TokenStream) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    quote!(.#name(#value))
}

impl<L: Literal> Setting<Value<L>> {
    /// The const expression for the value. One the user wrote is read through the constant of
    /// [`Setting::binding`], so that a mistake in it is reported once and not wherever it is used.
    pub(crate) fn write(&self, names: &Names) -> TokenStream {
        match &self.value {
            Value::Literal(literal) => literal.write(names),
            Value::Const(_) => self.bound(names).into_token_stream(),
        }
    }

    /// The constant that holds the user's expression, when it is one.
    pub(crate) fn binding(&self, names: &Names) -> Option<TokenStream> {
        let Value::Const(value) = &self.value else { return None };
        Some(binding(&self.bound(names), &L::rust_type(names), value))
    }

    /// An item that checks the value with `rule` of the runtime, and the constant it needs before.
    pub(crate) fn checks(&self, rule: &str, names: &Names) -> Vec<TokenStream> {
        let check = names.check(rule, &self.tokens, &[self.write(names)]);
        match self.binding(names) {
            Some(binding) => vec![binding, check],
            None => vec![check],
        }
    }
}

/// What [`Setting::checks`] gives, for a setting that is there.
pub(crate) fn checked<L: Literal>(
    setting: Option<&Setting<Value<L>>>,
    rule: &str,
    names: &Names,
) -> Vec<TokenStream> {
    match setting {
        Some(setting) => setting.checks(rule, names),
        None => Vec::new(),
    }
}

/// The call `.name(value)` of a builder, for a setting that is there.
pub(crate) fn set<L: Literal>(
    name: &str,
    setting: Option<&Setting<Value<L>>>,
    names: &Names,
) -> Option<TokenStream> {
    Some(call(name, &setting?.write(names)))
}

/// What to underline of a setting, if it is there.
pub(crate) fn at<T>(setting: Option<&Setting<T>>) -> Option<&TokenStream> {
    setting.map(|setting| &setting.tokens)
}

/// The value of an optional setting, or `otherwise`.
pub(crate) fn write_or<L: Literal>(
    setting: Option<&Setting<Value<L>>>,
    otherwise: &L,
    names: &Names,
) -> TokenStream {
    match setting {
        Some(setting) => setting.write(names),
        None => otherwise.write(names),
    }
}

impl<T: ToTokens> ToTokens for Setting<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.value.to_tokens(tokens);
    }
}
