//! The attribute and the derive macro of `resilience-runtime`.

mod args;
mod check;
mod diag;
mod names;
mod policy;
mod syntax;
mod value;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Placeholder: checks its arguments and leaves the function as it is.
#[proc_macro_attribute]
pub fn resilient(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = diag::Diagnostics::default();
    let args = args::Args::parse(attribute.into(), &mut diagnostics);
    let item = proc_macro2::TokenStream::from(item);
    if let Some(errors) = diagnostics.into_compile_errors() {
        return quote::quote!(#item #errors).into();
    }
    let (checks, site, private, name) = (args.checks(), args.site(), args.names.private(), args.names.site());
    let _ = (&args.fallback, &args.when, &args.when_ok, &args.map_rejected, &args.fields);
    let _ = (args.reruns_body(), args.rejects());
    let call = quote::quote! {
        #(#checks)*
        static #name: #private::Site = #private::Site::new(#private::here!())#site;
    };
    quote::quote!(#item const _: () = { #call };).into()
}

/// Placeholder.
#[proc_macro_derive(Classify, attributes(transient, permanent, throttled, ignored, classify))]
pub fn classify(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
