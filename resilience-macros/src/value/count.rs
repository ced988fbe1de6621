//! Whole numbers: `20`, and the number of attempts, which may also be `"deadline"`.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;
use syn::Lit;

use super::{Literal, shown};
use crate::names::Names;

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u32);

impl Literal for Count {
    const NOUN: &'static str = "a count";
    const ADVICE: &'static str = "write a whole number, like 3";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        match literal {
            Lit::Int(number) if !negative && matches!(number.suffix(), "" | "u32") => {
                let number = number.base10_parse().map(Self);
                number.map_err(|_| format!("`{text}` is too large; write at most {}", u32::MAX))
            }
            Lit::Str(_) if text.parse::<u32>().is_ok() => {
                Err(format!("`\"{text}\"` is a string; write the number without quotes: `{text}`"))
            }
            _ => Err(Self::refusal(text)),
        }
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(u32)
    }

    fn write(&self, _: &Names) -> TokenStream {
        let number = Token::u32_unsuffixed(self.0);
        quote!(#number)
    }
}

/// How often a call is tried, the first time included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempts {
    Count(Count),
    /// As often as fits into the deadline.
    UntilDeadline,
}

impl Literal for Attempts {
    const NOUN: &'static str = "a number of attempts";
    const ADVICE: &'static str = "write a whole number, like 3, or \"deadline\" for as many as fit into it";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        match literal {
            Lit::Str(text) if text.value() == "deadline" => Ok(Self::UntilDeadline),
            Lit::Str(text) if text.value().parse::<u32>().is_err() => Err(Self::refusal(text.value())),
            Lit::Int(_) | Lit::Str(_) if !negative => Count::read(literal, negative).map(Self::Count),
            _ => Err(Self::refusal(shown(literal, negative))),
        }
    }

    fn rust_type(names: &Names) -> TokenStream {
        Count::rust_type(names)
    }

    fn write(&self, names: &Names) -> TokenStream {
        match self {
            Self::Count(count) => count.write(names),
            Self::UntilDeadline => {
                let private = names.private();
                quote!(#private::UNTIL_DEADLINE)
            }
        }
    }
}
