//! Expressions that are evaluated with each call, where the function's arguments are known.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

use super::{FromValue, Setting, Wrong, literal};
use crate::diag::Diagnostics;

/// Any expression.
#[derive(Clone)]
pub(crate) struct Expression(pub(crate) Expr);

impl FromValue for Expression {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        if let Expr::Closure(_) = value {
            let message =
                "this is evaluated where the arguments are known; write the expression without `|..|`";
            return Err(Wrong::new(message));
        }
        Ok(Self(value.clone()))
    }
}

impl Setting<Expression> {
    /// Reports a literal, which tells no call from another; `like` does.
    pub(crate) fn refuse_literal(&self, like: &str, diagnostics: &mut Diagnostics) {
        if literal(&self.value.0).is_some() {
            let message = format!(
                "`{}` is the same for every call; write an expression of the arguments, like `{like}`",
                self.tokens
            );
            diagnostics.push(&self.tokens, message);
        }
    }
}

impl ToTokens for Expression {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
