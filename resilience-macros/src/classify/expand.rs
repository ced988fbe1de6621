//! Writes the implementation.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, Field, Generics, Ident, Member, Path, WherePredicate, parse_quote};

use super::mark::Mark;
use super::{Case, setting};

/// The implementation for an item whose marks are all in order.
pub(super) fn implementation(item: &DeriveInput, runtime: &Path, cases: &[Case<'_>]) -> TokenStream {
    let classes = class_arms(runtime, cases);
    let mut types = Vec::new();
    for case in cases {
        types.push(error_type_arm(item, runtime, case));
    }
    // An enum without variants is matched by value: a reference to it is not known to be empty.
    let (classify, error_type) = if cases.is_empty() {
        (quote!(match *self {}), quote!(match *self {}))
    } else {
        (quote!(match self { #(#classes)* }), quote!(match self { #(#types)* }))
    };
    let mut generics = item.generics.clone();
    let predicates = &mut generics.make_where_clause().predicates;
    for case in cases {
        predicates.extend(bound(case, runtime, &item.generics));
    }
    wrapped(item, &generics, runtime, &classify, &error_type)
}

/// An implementation for an item with mistakes, so that only they are reported and not every use of it.
pub(super) fn placeholder(item: &DeriveInput, runtime: &Path) -> TokenStream {
    wrapped(item, &item.generics, runtime, &quote!(#runtime::Class::Transient), &quote!(""))
}

fn wrapped(
    item: &DeriveInput,
    generics: &Generics,
    runtime: &Path,
    classify: &TokenStream,
    error_type: &TokenStream,
) -> TokenStream {
    let name = &item.ident;
    let (parameters, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #parameters #runtime::Classify for #name #arguments #bounds {
            fn classify(&self) -> #runtime::Class {
                #classify
            }

            fn error_type(&self) -> &'static str {
                #error_type
            }
        }
    }
}

/// The arms of `classify`: one for all variants of a class, and one for each that looks into a field.
fn class_arms(runtime: &Path, cases: &[Case<'_>]) -> Vec<TokenStream> {
    let mut plain: Vec<(TokenStream, Vec<TokenStream>)> = Vec::new();
    let mut looking = Vec::new();
    for case in cases {
        let variant = case.pattern();
        let class = match &case.mark {
            Mark::Transient | Mark::Invalid => quote!(#runtime::Class::Transient),
            Mark::Permanent => quote!(#runtime::Class::Permanent),
            Mark::Ignored => quote!(#runtime::Class::Ignored),
            Mark::Throttled(None) => {
                quote!(#runtime::Class::Throttled { retry_after: ::core::option::Option::None })
            }
            Mark::Throttled(Some(member)) => {
                let field = member_for_pattern(member);
                let binding = Ident::new("retry_after", Span::mixed_site());
                // Spanned at the type, so that one that is no delay is reported there.
                let hint = setting::field(case.fields, member).map(|Field { ty, .. }| {
                    quote_spanned!(ty.span()=> <#ty as #runtime::__private::RetryAfter>::retry_after(#binding))
                });
                looking.push(quote! {
                    #variant { #field: #binding, .. } => #runtime::Class::Throttled { retry_after: #hint },
                });
                continue;
            }
            Mark::Transparent(_) => {
                looking.push(delegation(case, runtime, &Ident::new("classify", Span::mixed_site())));
                continue;
            }
        };
        // Only a few classes: a walk is as good as a map.
        match plain.iter_mut().find(|(known, _)| known.to_string() == class.to_string()) {
            Some((_, variants)) => variants.push(variant),
            None => plain.push((class, vec![variant])),
        }
    }
    let mut arms = Vec::new();
    for (class, variants) in &plain {
        arms.push(quote!(#(#variants { .. })|* => #class,));
    }
    arms.extend(looking);
    arms
}

fn error_type_arm(item: &DeriveInput, runtime: &Path, case: &Case<'_>) -> TokenStream {
    if let Mark::Transparent(_) = case.mark {
        return delegation(case, runtime, &Ident::new("error_type", Span::mixed_site()));
    }
    let variant = case.pattern();
    let name = item.ident.unraw();
    let label = match case.variant {
        Some(variant) => format!("{name}::{}", variant.unraw()),
        None => name.to_string(),
    };
    quote!(#variant { .. } => #label,)
}

/// The arm that lets the only field answer.
fn delegation(case: &Case<'_>, runtime: &Path, method: &Ident) -> TokenStream {
    let variant = case.pattern();
    let binding = Ident::new("inner", Span::mixed_site());
    let mut answers = TokenStream::new();
    for (field, member) in case.fields.iter().zip(case.fields.members()) {
        let member = member_for_pattern(&member);
        let of = &field.ty;
        // Spanned at the type, so that a missing implementation is reported there.
        let answer = quote_spanned!(of.span()=> <#of as #runtime::Classify>::#method(#binding));
        answers.extend(quote!(#variant { #member: #binding } => #answer,));
    }
    answers
}

/// What a mark asks of a field whose type depends on the parameters of the item.
fn bound(case: &Case<'_>, runtime: &Path, generics: &Generics) -> Option<WherePredicate> {
    let depends = |field: &&Field| {
        let of = &field.ty;
        generics.type_params().any(|parameter| mentions(quote!(#of), &parameter.ident))
    };
    match &case.mark {
        Mark::Throttled(Some(member)) => {
            let of = &setting::field(case.fields, member).filter(depends)?.ty;
            Some(parse_quote! {
                #of: ::core::clone::Clone
                    + ::core::convert::Into<::core::option::Option<::core::time::Duration>>
            })
        }
        Mark::Transparent(_) => {
            let of = &case.fields.iter().next().filter(depends)?.ty;
            Some(parse_quote!(#of: #runtime::Classify))
        }
        _ => None,
    }
}

fn mentions(tokens: TokenStream, parameter: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *parameter,
        TokenTree::Group(group) => mentions(group.stream(), parameter),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

impl Case<'_> {
    /// The path of its pattern. Spanned at the derive: a deprecated variant is no news to its own item.
    fn pattern(&self) -> TokenStream {
        let Some(variant) = self.variant else { return quote!(Self) };
        let mut variant = variant.clone();
        variant.set_span(Span::call_site());
        quote!(Self::#variant)
    }
}

/// The same field, spanned at the derive for the same reason.
fn member_for_pattern(member: &Member) -> Member {
    let mut member = member.clone();
    match &mut member {
        Member::Named(name) => name.set_span(Span::call_site()),
        Member::Unnamed(index) => index.span = Span::call_site(),
    }
    member
}
