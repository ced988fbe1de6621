//! Several attributes on one function. A macro is not told the name it is called by: they find each other by the word
//! `resilient`.

use std::mem::take;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

use crate::function::Function;
use crate::names::SITE;

const UNKNOWN: &str = "attributes that stand together find each other by the name `resilient`, and this one has \
                       another; import it under that name";

/// Whether `attribute` is `#[resilient(..)]`, under any path.
pub(crate) fn is_resilient(attribute: &Attribute) -> bool {
    is_name(attribute.path())
}

fn is_name(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "resilient")
}

/// Whether `attribute` is `#[cfg_attr(.., resilient ..)]`.
pub(crate) fn is_conditional(attribute: &Attribute) -> bool {
    Conditional::of(attribute).is_some()
}

/// What the attribute has in its parentheses.
pub(crate) fn tokens(attribute: Attribute) -> TokenStream {
    match attribute.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}

/// The error for a function that another attribute has protected before it could know of this one; underlined at what
/// this one says, or at the function's name.
pub(crate) fn unknown(attribute: &TokenStream, function: &Function) -> Option<syn::Error> {
    let code = &function.statements;
    // The text is had at once where a walk asks the compiler for each group, and most functions have no such name in it.
    if !code.to_string().contains(SITE) || !is_protected(code.clone()) {
        return None;
    }
    let name = &function.signature.ident;
    let at = if attribute.is_empty() { name.to_token_stream() } else { attribute.clone() };
    Some(syn::Error::new_spanned(at, UNKNOWN))
}

/// Whether `code` has the static of a protected function in it, wherever other macros have put what was the body; not
/// that of a function inside of it.
fn is_protected(code: TokenStream) -> bool {
    let (mut is_fn, mut is_static, mut has_body) = (false, false, false);
    for token in code {
        let (was_fn, was_static) = (take(&mut is_fn), take(&mut is_static));
        match token {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                if was_static && word == SITE {
                    return true;
                }
                has_body |= was_fn;
                (is_fn, is_static) = (word == "fn", word == "static");
            }
            TokenTree::Punct(end) if end.as_char() == ';' => has_body = false,
            TokenTree::Group(group) => {
                let is_body = group.delimiter() == Delimiter::Brace && take(&mut has_body);
                if !is_body && is_protected(group.stream()) {
                    return true;
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    false
}

/// The function under `attribute` with what the first `cfg_attr` adds to it and without, whichever the condition asks
/// for: left where it is, what it adds would come last and be outermost. `None` when none adds an attribute of this
/// kind.
pub(crate) fn decided(attribute: &TokenStream, function: &Function) -> Option<TokenStream> {
    let (place, conditional) = function
        .attributes
        .iter()
        .enumerate()
        .find_map(|(place, attribute)| Some((place, Conditional::of(attribute)?)))?;
    let Conditional { condition, added, name } = conditional;
    let (mut before, mut after, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (at, attribute) in function.attributes.iter().enumerate() {
        if at == place {
            continue;
        }
        if !is_resilient(attribute) && !is_conditional(attribute) {
            others.push(attribute.clone());
        } else if at < place {
            before.push(&attribute.meta);
        } else {
            after.push(&attribute.meta);
        }
    }
    let mut rest = function.clone();
    rest.attributes = others;
    let this = quote!(#name(#attribute), #(#before,)*);
    Some(quote! {
        #[cfg_attr(#condition, #this #(#added,)* #(#after,)*)]
        #[cfg_attr(not(#condition), #this #(#after,)*)]
        #rest
    })
}

/// A `#[cfg_attr(condition, added)]` that adds an attribute of this kind, by this `name`.
struct Conditional {
    condition: TokenStream,
    added: Vec<Meta>,
    name: Path,
}

impl Conditional {
    fn of(attribute: &Attribute) -> Option<Self> {
        let Meta::List(list) = &attribute.meta else { return None };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
        let mut tokens = list.tokens.clone().into_iter();
        let condition = tokens.by_ref().take_while(|token| !is_comma(token)).collect();
        let added = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens.collect()).ok()?;
        let name = added.iter().map(Meta::path).find(|path| is_name(path))?.clone();
        Some(Self { condition, added: added.into_iter().collect(), name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_a_protected_body_is_found_wherever_it_stands() {
        for body in [
            quote!(
                use a::b;,
                #[c]
                static __RESILIENT_SITE: Site = d();,
                e.await
            ),
            quote!(Box::pin(async move {
                let a = b;
                let __ret: T = {
                    static __RESILIENT_SITE: Site = c();
                };
                __ret
            })),
            quote!(let f: fn(A) -> B = c; { static __RESILIENT_SITE: Site = d(); }),
            quote!(fn f();, {
                static __RESILIENT_SITE: Site = d();
            }),
        ] {
            assert!(is_protected(body.clone()), "{body}");
        }
    }

    #[test]
    fn a_function_inside_of_it_is_another() {
        for body in [
            quote!(
                #[resilient(retry = "exp")]
                async fn f() -> R {
                    g().await
                },
                f().await
            ),
            quote!(
                async fn f() -> R {
                    static __RESILIENT_SITE: Site = a();
                },
                f().await
            ),
            quote!(impl A { fn f(&self) -> R { { static __RESILIENT_SITE: Site = a(); } } }),
            quote!(__RESILIENT_SITE.call(); static OTHER: u8 = 0;),
        ] {
            assert!(!is_protected(body.clone()), "{body}");
        }
    }

    #[test]
    fn a_condition_leaves_the_order_as_it_was_written() {
        let function = Function::parse(quote! {
            #[doc = "a"]
            #[resilient(b)]
            #[inline]
            #[cfg_attr(all(c, true), cold, d::resilient(e))]
            #[resilient(f)]
            async fn load() {}
        });
        let decided = decided(&quote!(g), &function.unwrap()).unwrap().to_string();
        let expected = quote! {
            #[cfg_attr(all(c, true), d::resilient(g), resilient(b), cold, d::resilient(e), resilient(f),)]
            #[cfg_attr(not(all(c, true)), d::resilient(g), resilient(b), resilient(f),)]
            #[doc = "a"]
            #[inline]
            async fn load() {}
        };
        assert_eq!(decided, expected.to_string());
    }

    #[test]
    fn a_condition_that_adds_something_else_is_left_alone() {
        let function = Function::parse(quote!(
            #[cfg_attr(resilient, inline)]
            async fn load() {}
        ))
        .unwrap();
        assert!(decided(&quote!(), &function).is_none());
    }
}
