//! Expressions that are evaluated with each call, where the function's arguments are known.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

use super::{FromValue, Wrong};

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

impl ToTokens for Expression {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
