//! What stands in the parentheses of a mark: words, and settings with a value.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Field, Fields, Ident, LitStr, Member, Path};

use super::Errors;
use crate::diag::{choice, closest};

/// What stands between two commas.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) tokens: TokenStream,
    /// The word it starts with, if it does.
    pub(super) key: Option<Ident>,
    pub(super) form: Form,
}

/// What follows the key.
#[derive(Debug)]
pub(super) enum Form {
    /// Nothing.
    Word,
    /// `= value`.
    Value(TokenStream),
    /// Anything else.
    Other,
}

/// The settings between the commas. Taken apart by hand: `syn` would stop at the first that is no setting,
/// and say so in its own words.
pub(super) fn settings(list: &TokenStream) -> Vec<Setting> {
    let tokens = list.clone().into_iter().collect::<Vec<_>>();
    let parts = tokens.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
    let mut settings = Vec::new();
    for part in parts {
        if !part.is_empty() {
            settings.push(setting(part));
        }
    }
    settings
}

fn setting(part: &[TokenTree]) -> Setting {
    let form = match part {
        [_] => Form::Word,
        [_, TokenTree::Punct(equals), value @ ..] if equals.as_char() == '=' && !value.is_empty() => {
            Form::Value(quote!(#(#value)*))
        }
        _ => Form::Other,
    };
    let key = match part {
        [TokenTree::Ident(key), ..] => Some(key.clone()),
        _ => None,
    };
    Setting { tokens: quote!(#(#part)*), key, form }
}

/// A field by its name or its number.
pub(super) fn member(value: TokenStream, errors: &mut Errors) -> Option<Member> {
    if let Ok(member) = syn::parse2(value.clone()) {
        return Some(member);
    }
    if let Ok(text) = syn::parse2::<LitStr>(value.clone())
        && text.parse::<Member>().is_ok()
    {
        let name = text.value();
        errors.push(text, format_args!("a field is named without quotes; write `retry_after = {name}`"));
    } else {
        errors.push(value, "this is not a field; write its name or its number, like `retry_after = 0`");
    }
    None
}

/// The path of a crate.
pub(super) fn path(value: TokenStream, errors: &mut Errors) -> Option<Path> {
    if let Ok(path) = syn::parse2(value.clone()) {
        return Some(path);
    }
    if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
        let path = text.value();
        errors.push(text, format_args!("a path is written without quotes; write `crate = {path}`"));
    } else {
        errors.push(value, "this is not a path; write one, like `crate = my_crate::resilience_runtime`");
    }
    None
}

/// The field of that name or number.
pub(super) fn field<'a>(fields: &'a Fields, member: &Member) -> Option<&'a Field> {
    let same = |candidate: &Member| match (candidate, member) {
        (Member::Named(candidate), Member::Named(name)) => candidate.unraw() == name.unraw(),
        (Member::Unnamed(candidate), Member::Unnamed(index)) => candidate.index == index.index,
        _ => false,
    };
    for (field, candidate) in fields.iter().zip(fields.members()) {
        if same(&candidate) {
            return Some(field);
        }
    }
    None
}

/// What to say where there is none.
pub(super) fn no_such_field(owner: &Ident, fields: &Fields, member: &Member) -> String {
    let wrong = written(member);
    let mut names = Vec::new();
    for member in fields.members() {
        names.push(written(&member));
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    if known.is_empty() {
        return format!("`{owner}` has no fields; add one for the delay, or write `#[throttled]`");
    }
    match closest(&wrong, &known) {
        Some(name) => format!("`{owner}` has no field `{wrong}`; did you mean `{name}`?"),
        None => format!("`{owner}` has no field `{wrong}`; write {}", choice(&known)),
    }
}

fn written(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}
