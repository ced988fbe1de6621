//! Jitter: `"full"`, `"equal"`, `"none"`, or a ratio.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Literal, Ratio, shown};
use crate::diag::closest;
use crate::names::Names;

/// How much of a delay is left to chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Jitter {
    None,
    Full,
    Equal,
    Ratio(Ratio),
}

impl Literal for Jitter {
    const NOUN: &'static str = "a jitter";
    const ADVICE: &'static str = "write \"full\", \"equal\", \"none\", or a ratio like \"20%\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        let text = shown(literal, negative);
        match literal {
            Lit::Str(_) if !negative => match text.as_str() {
                "none" => Ok(Self::None),
                "full" => Ok(Self::Full),
                "equal" => Ok(Self::Equal),
                word => match (Ratio::percent(word), closest(word, &["none", "full", "equal"])) {
                    (Some(ratio), _) => Ok(Self::Ratio(ratio)),
                    (None, Some(likely)) => Err(format!("unknown jitter `{word}`; did you mean `{likely}`?")),
                    (None, None) => Err(Self::refusal(word)),
                },
            },
            _ => match Ratio::number(literal, negative) {
                Some(ratio) => ratio.map(Self::Ratio),
                None => Err(Self::refusal(text)),
            },
        }
    }

    fn rust_type(names: &Names) -> TokenStream {
        let private = names.private();
        quote!(#private::Jitter)
    }

    fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        match self {
            Self::None => quote!(#private::Jitter::None),
            Self::Full => quote!(#private::Jitter::Full),
            Self::Equal => quote!(#private::Jitter::Equal),
            Self::Ratio(ratio) => {
                let ratio = ratio.write(names);
                quote!(#private::Jitter::Ratio(#ratio))
            }
        }
    }
}
