//! Windows: `100` calls, or `"30s"`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Count, Duration, Literal, shown};
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
            _ => Duration::read(literal, negative).map(Self::Time).map_err(|message| {
                let text = shown(literal, negative);
                // Without a unit it may have been meant as a count.
                let has_unit = text.contains(|letter: char| letter.is_ascii_alphabetic());
                if has_unit && message != Duration::refusal(&text) { message } else { Self::refusal(text) }
            }),
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
