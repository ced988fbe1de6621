//! Functions: the path of one, or a closure; and paths of other things.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Lit, Pat, Path, Type};

use super::{FromValue, Wrong, literal, peel, shown};
use crate::types::{Part, walk};

/// The path of a function, or a closure.
#[derive(Clone)]
pub(crate) struct Callable(pub(crate) Expr);

impl Callable {
    /// The type of the only parameter of a closure, where all of it is written out.
    pub(crate) fn written_type(&self) -> Option<&Type> {
        let Expr::Closure(closure) = &self.0 else { return None };
        let mut parameters = closure.inputs.iter();
        let (Some(Pat::Type(parameter)), None) = (parameters.next(), parameters.next()) else { return None };
        let mut is_inferred = false;
        walk(&mut parameter.ty.clone(), &mut |part| {
            is_inferred |= matches!(part, Part::Type(Type::Infer(_)));
            true
        });
        (!is_inferred).then_some(&*parameter.ty)
    }
}

impl FromValue for Callable {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if let Expr::Path(_) | Expr::Closure(_) = value {
            return Ok(Self(value.clone()));
        }
        Err(Wrong::new(match literal(value) {
            Some((Lit::Str(text), _)) => match text.parse::<Path>() {
                Ok(_) => format!("`\"{0}\"` is a string; write the path without quotes: `{0}`", text.value()),
                Err(_) => {
                    format!("`\"{}\"` is a string; write the path of a function, or a closure", text.value())
                }
            },
            Some((other, negative)) => {
                let text = shown(other, negative);
                format!("`{text}` is not a function; write the path of one, or a closure")
            }
            None => "expected the path of a function, or a closure; write `|..| ..` around this".to_owned(),
        }))
    }
}

impl ToTokens for Callable {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

/// The path of something that is not called.
#[derive(Clone)]
pub(crate) struct ItemPath(pub(crate) Path);

impl FromValue for ItemPath {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        match (peel(value), literal(value)) {
            (Expr::Path(path), _) if path.qself.is_none() => Ok(Self(path.path.clone())),
            (_, Some((Lit::Str(text), _))) => {
                let text = text.value();
                Err(Wrong::new(format!("`\"{text}\"` is a string; write the path without quotes: `{text}`")))
            }
            _ => Err(Wrong::new("expected a path, like `some::path`")),
        }
    }
}
