//! The attribute and the derive macro of `resilience-runtime`.

use proc_macro::TokenStream;

/// Placeholder.
#[proc_macro_attribute]
pub fn resilient(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Placeholder.
#[proc_macro_derive(Classify, attributes(transient, permanent, throttled, ignored, classify))]
pub fn classify(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
