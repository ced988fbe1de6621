//! Factors: `2.0`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Literal, float, shown};
use crate::names::Names;

/// A number that need not be whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number(pub(crate) f64);

impl Literal for Number {
    const NOUN: &'static str = "a number";
    const ADVICE: &'static str = "write one, like 2.0";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        let number = match literal {
            Lit::Int(number) if number.suffix().is_empty() => number.base10_parse::<f64>().ok(),
            Lit::Float(number) if matches!(number.suffix(), "" | "f64") => number.base10_parse::<f64>().ok(),
            Lit::Str(_) if text.parse::<f64>().is_ok() => {
                return Err(format!("`\"{text}\"` is a string; write the number without quotes: `{text}`"));
            }
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() => Ok(Self(if negative { -number } else { number })),
            _ => Err(Self::refusal(text)),
        }
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(f64)
    }

    fn write(&self, _: &Names) -> TokenStream {
        float(self.0)
    }
}
