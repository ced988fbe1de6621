//! Texts that are taken literally: the name of a span.

use syn::{Expr, Lit, LitStr};

use super::{FromValue, Wrong, literal, shown};

/// A string literal with something in it.
#[derive(Clone)]
pub(crate) struct Text(pub(crate) LitStr);

impl FromValue for Text {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        Err(Wrong::new(match literal(value) {
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
