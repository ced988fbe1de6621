//! Windows: `100` calls, or `"30s"`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Count, Duration, Literal, is_whole, shown};
use crate::names::Names;

/// What a breaker looks back at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    Calls(Count),
    Time(Duration),
}

impl Literal for Window {
    const NOUN: &'static str = "a window";
    const ADVICE: &'static str = "write a count of calls, like 100, or a time, like \"30s\"";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        match literal {
            Lit::Int(number) if !negative && matches!(number.suffix(), "" | "u32") => {
                Count::read(literal, negative).map(Self::Calls)
            }
            Lit::Str(text) if !negative => match Duration::read(literal, negative) {
                Ok(time) => Ok(Self::Time(time)),
                // It may have been meant as a count.
                Err(message) if message == Duration::refusal(text.value()) => {
                    Err(Self::refusal(text.value()))
                }
                Err(_) if is_whole(&text.value()) => Err(Self::refusal(text.value())),
                Err(message) => Err(message),
            },
            Lit::Int(_) if !negative => Duration::read(literal, negative).map(Self::Time),
            _ => Err(Self::refusal(shown(literal, negative))),
        }
    }

    fn rust_type(names: &Names) -> TokenStream {
        let private = names.private();
        quote!(#private::Window)
    }

    fn write(&self, names: &Names) -> TokenStream {
        let private = names.private();
        match self {
            Self::Calls(count) => {
                let count = count.write(names);
                quote!(#private::Window::Calls(#count))
            }
            Self::Time(time) => {
                let time = time.write(names);
                quote!(#private::Window::Time(#time))
            }
        }
    }
}
