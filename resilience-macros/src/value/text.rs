//! Texts that are taken literally: the name of a span.

use darling::FromMeta;
use syn::{Expr, Lit, LitStr};

use super::{literal, shown};

/// A string literal with something in it.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) LitStr);

impl FromMeta for Text {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        Err(darling::Error::custom(match literal(value) {
            Some((Lit::Str(text), false)) if !text.value().trim().is_empty() => {
                return Ok(Self(text.clone()));
            }
            Some((Lit::Str(_), _)) => "a name cannot be empty; write one, like \"load_user\"".to_owned(),
            Some((other, negative)) => {
                let text = shown(other, negative);
                format!("`{text}` is not a name; write a string, like \"load_user\"")
            }
            None => "a span's name is a literal; write a string, like \"load_user\"".to_owned(),
        }))
    }
}
