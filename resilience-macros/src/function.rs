//! The annotated function as it was written.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Signature, Token, Visibility};

/// The annotated function. Its body stays a token tree unless its shape asks for more: parsing statements
/// is most of what a macro on a long function costs.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) signature: Signature,
    /// `#![..]` at the head of the body.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The braces, for their spans.
    pub(crate) braces: Group,
    /// What stands between them.
    pub(crate) statements: TokenStream,
}

impl Function {
    /// Parses a function with a body, free or in an `impl` or trait.
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        Self::parse_item.parse2(item)
    }

    fn parse_item(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let defaultness = input.parse()?;
        let item = input.cursor();
        let signature = input.parse::<Signature>().map_err(|error| not_a_function(item, error))?;
        if input.peek(Token![;]) {
            return Err(syn::Error::new(
                signature.ident.span(),
                "`#[resilient]` needs a body to protect; put it on the functions that implement this one",
            ));
        }
        let TokenTree::Group(body) = input.parse()? else {
            return Err(input.error("the function's body is expected here"));
        };
        let braces = visible(body);
        let (inner_attributes, statements) = split_body.parse2(braces.stream())?;
        Ok(Self { attributes, visibility, defaultness, signature, inner_attributes, braces, statements })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, defaultness, signature, braces, .. } = self;
        tokens.extend(quote!(#(#attributes)* #visibility #defaultness #signature #braces));
    }
}

/// What to say of an item that does not read as a function.
fn not_a_function(item: Cursor<'_>, error: syn::Error) -> syn::Error {
    const KINDS: [&str; 11] = [
        "struct",
        "enum",
        "union",
        "trait",
        "mod",
        "type",
        "static",
        "const",
        "use",
        "extern",
        "macro_rules",
    ];
    let is_function = item.token_stream().into_iter().take(5).any(|token| token.to_string() == "fn");
    match item.ident() {
        Some((keyword, _)) if !is_function && KINDS.iter().any(|kind| keyword == kind) => {
            let article = if keyword.to_string().starts_with(['e', 'i']) { "an" } else { "a" };
            let message = if keyword == "trait" {
                "`#[resilient]` goes on functions and on `impl` blocks, not on a `trait`; put it on the methods \
                 that have a body, or on the blocks that implement it"
                    .to_owned()
            } else {
                format!("`#[resilient]` goes on a function, not on {article} `{keyword}`; move it there")
            };
            syn::Error::new(keyword.span(), message)
        }
        _ => error,
    }
}

/// The group without the invisible ones that `macro_rules!` adds around a body that it passes on.
fn visible(mut group: Group) -> Group {
    while group.delimiter() == Delimiter::None
        && let Some(TokenTree::Group(inner)) = group.stream().into_iter().next()
    {
        group = inner;
    }
    group
}

fn split_body(body: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    Ok((body.call(Attribute::parse_inner)?, body.parse()?))
}
