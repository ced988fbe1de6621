//! Where random numbers begin: any whole number that 64 bits hold.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;
use syn::Lit;

use super::{Literal, shown};
use crate::names::Names;

/// Where random numbers begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(pub(crate) u64);

impl Literal for Seed {
    const NOUN: &'static str = "a seed";
    const ADVICE: &'static str = "write a whole number, like 7";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        match literal {
            Lit::Int(number) if !negative && matches!(number.suffix(), "" | "u64") => {
                let number = number.base10_parse().map(Self);
                number.map_err(|_| format!("`{text}` is too large; write at most {}", u64::MAX))
            }
            _ => Err(Self::refusal(text)),
        }
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(u64)
    }

    fn write(&self, _: &Names) -> TokenStream {
        let number = Token::u64_unsuffixed(self.0);
        quote!(#number)
    }
}
