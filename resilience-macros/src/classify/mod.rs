//! `#[derive(Classify)]`: reads the marks, checks them, writes the implementation.

mod expand;
mod mark;
mod setting;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Path, parse_quote};

use self::mark::{Mark, Owner};

/// Every mistake found, so that one build reports them all.
#[derive(Debug, Default)]
struct Errors(Vec<syn::Error>);

impl Errors {
    /// One sentence: what is wrong; then what to do. `tokens` are underlined.
    fn push(&mut self, tokens: impl ToTokens, message: impl core::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens.to_token_stream(), message.to_string()));
    }
}

/// A variant with its mark, or a struct with its own.
struct Case<'a> {
    /// `None` for a struct.
    variant: Option<&'a Ident>,
    fields: &'a Fields,
    mark: Mark,
}

/// The implementation for `item`, or its mistakes beside an implementation that keeps uses of it quiet.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let item = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let (runtime, cases) = read(&item, &mut errors);
    if errors.0.is_empty() {
        return expand::implementation(&item, &runtime, &cases);
    }
    let mut tokens = expand::placeholder(&item, &runtime);
    for error in &errors.0 {
        tokens.extend(error.to_compile_error());
    }
    tokens
}

/// The path of the runtime, and what `item` is made of.
fn read<'a>(item: &'a DeriveInput, errors: &mut Errors) -> (Path, Vec<Case<'a>>) {
    let owner = match &item.data {
        Data::Enum(_) => Owner::Enum,
        Data::Struct(_) => Owner::Struct,
        Data::Union(data) => {
            errors.push(
                data.union_token,
                "`Classify` cannot tell what a union holds; derive it for an enum or a struct",
            );
            return (default_runtime(), Vec::new());
        }
    };
    let marks = mark::read(owner, &item.attrs, errors);
    let cases = match &item.data {
        Data::Enum(data) => {
            let mut cases = Vec::new();
            for variant in &data.variants {
                cases.push(read_variant(variant, marks.mark.as_ref(), errors));
            }
            cases
        }
        Data::Struct(data) => {
            refuse_on_fields(owner, &data.fields, errors);
            vec![Case {
                variant: None,
                fields: &data.fields,
                mark: checked(&item.ident, &data.fields, marks.mark, errors),
            }]
        }
        Data::Union(_) => Vec::new(),
    };
    (marks.runtime.unwrap_or_else(default_runtime), cases)
}

fn read_variant<'a>(variant: &'a syn::Variant, default: Option<&Mark>, errors: &mut Errors) -> Case<'a> {
    refuse_on_fields(Owner::Variant, &variant.fields, errors);
    let mark = mark::read(Owner::Variant, &variant.attrs, errors).mark.or_else(|| default.cloned());
    let mark = checked(&variant.ident, &variant.fields, mark, errors);
    Case { variant: Some(&variant.ident), fields: &variant.fields, mark }
}

/// The mark, held against the fields it is about; its absence is a mistake.
fn checked(name: &Ident, fields: &Fields, mark: Option<Mark>, errors: &mut Errors) -> Mark {
    let Some(mark) = mark else {
        errors.push(
            name,
            format_args!(
                "`{name}` has no mark; write `#[transient]`, `#[permanent]`, `#[throttled]`, `#[ignored]` or \
                 `#[classify(transparent)]` before it"
            ),
        );
        return Mark::Invalid;
    };
    mark.check(name, fields, errors);
    mark
}

/// A mark on a field would be silently without effect.
fn refuse_on_fields(owner: Owner, fields: &Fields, errors: &mut Errors) {
    for field in fields {
        for attribute in &field.attrs {
            if mark::is_ours(attribute) {
                errors.push(
                    attribute.path(),
                    format_args!("a mark on a field has no effect; move it before the {}", owner.as_str()),
                );
            }
        }
    }
}

fn default_runtime() -> Path {
    parse_quote!(::resilience_runtime)
}

/// The word an attribute starts with, if it is a single one.
fn word(attribute: &Attribute) -> Option<String> {
    attribute.path().get_ident().map(Ident::to_string)
}
