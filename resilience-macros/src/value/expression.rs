//! Expressions that are evaluated with each call, where the function's arguments are known.

use darling::FromMeta;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

/// Any expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression(pub(crate) Expr);

impl FromMeta for Expression {
    fn from_expr(value: &Expr) -> darling::Result<Self> {
        if let Expr::Closure(_) = value {
            let message =
                "this is evaluated where the arguments are known; write the expression without `|..|`";
            return Err(darling::Error::custom(message));
        }
        Ok(Self(value.clone()))
    }
}

impl ToTokens for Expression {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
