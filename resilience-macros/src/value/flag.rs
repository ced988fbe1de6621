//! Yes or no: `true` or `false`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{Literal, shown};
use crate::names::Names;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl Literal for Flag {
    const NOUN: &'static str = "a flag";
    const ADVICE: &'static str = "write `true` or `false`";

    fn read(literal: &Lit, negative: bool) -> Result<Self, String> {
        match literal {
            Lit::Bool(flag) if !negative => Ok(Self(flag.value)),
            _ => Err(Self::refusal(shown(literal, negative))),
        }
    }

    fn rust_type(_: &Names) -> TokenStream {
        quote!(bool)
    }

    fn write(&self, _: &Names) -> TokenStream {
        let flag = self.0;
        quote!(#flag)
    }
}
