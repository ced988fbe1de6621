//! Every path and identifier that the macro writes.

use std::fmt::Display;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, format_ident, quote, quote_spanned};
use syn::{Path, Token};

/// The name of the runtime's private module inside of a function; the prefix keeps it apart from the user's.
const PRIVATE: &str = "__resilient";

/// The name of the static that describes a function, by which a protected one is known.
pub(crate) const SITE: &str = "__RESILIENT_SITE";

/// Where generated code finds the runtime.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) runtime: Path,
    /// Whether policies begin with what a preset says of them.
    pub(crate) has_preset: bool,
}

impl Default for Names {
    fn default() -> Self {
        // Put together and not parsed, which each function would wait for.
        let mut runtime = Path::from(Ident::new("resilience_runtime", Span::call_site()));
        runtime.leading_colon = Some(Token![::](Span::call_site()));
        Self::at(runtime)
    }
}

impl Names {
    /// The runtime as a `crate = path` option names it.
    pub(crate) fn at(runtime: Path) -> Self {
        Self { runtime, has_preset: false }
    }

    /// Brings the runtime's private module into the function, under the name of [`private`](Self::private), and
    /// those of its traits whose methods are called.
    pub(crate) fn import(&self, traits: &[Option<&str>]) -> TokenStream {
        let (runtime, private) = (&self.runtime, self.private());
        let traits = traits.iter().flatten().map(|name| Ident::new(name, Span::call_site()));
        quote!(use #runtime::__private::{self as #private, #(#traits as _),*};)
    }

    /// The module of the runtime that generated code uses.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn private(&self) -> Ident {
        Ident::new(PRIVATE, Span::call_site())
    }

    /// The same, underlined where the user wrote something.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn private_at(&self, span: Span) -> Ident {
        Ident::new(PRIVATE, span)
    }

    /// The static that describes the function.
    ///
    /// Statics are not hygienic: the prefix is what keeps them apart from the user's names.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn site(&self) -> Ident {
        Ident::new(SITE, Span::call_site())
    }

    /// The static that refers to a policy in one of the user's.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn policy(&self) -> Ident {
        Ident::new("__RESILIENT_POLICY", Span::call_site())
    }

    /// The constant that holds the preset.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn preset(&self) -> Ident {
        Ident::new("__RESILIENT_PRESET", Span::call_site())
    }

    /// The constant that holds the preset with all that the attribute says in the place of its parts.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn plan(&self) -> Ident {
        Ident::new("__RESILIENT_PLAN", Span::call_site())
    }

    /// What settings are changed from: the `part` of the preset, or `otherwise` without one.
    pub(crate) fn beginning(&self, part: &str, more: &[TokenStream], otherwise: TokenStream) -> TokenStream {
        if !self.has_preset {
            return otherwise;
        }
        let (private, preset, part) = (self.private(), self.preset(), Ident::new(part, Span::call_site()));
        quote!(#private::preset::#part(&#preset #(, #more)*))
    }

    /// The static that a hedge by percentile keeps its latencies in.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn latencies(&self) -> Ident {
        Ident::new("__RESILIENT_LATENCIES", Span::call_site())
    }

    /// The constant that holds the value `at`, which the user wrote for `key`; underlined where they wrote it.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn bound(&self, key: &dyn Display, at: &dyn ToTokens) -> Ident {
        format_ident!("__RESILIENT_{}", key.to_string().to_uppercase(), span = ends(at).0)
    }

    /// An item that calls `rule` of the runtime during const evaluation, underlined at all of `at`.
    pub(crate) fn check(&self, rule: &str, at: &dyn ToTokens, arguments: &[TokenStream]) -> TokenStream {
        let (first, last) = ends(at);
        let rule = Ident::new(rule, first);
        let ruling = self.call(&quote_spanned!(first=> check::#rule), at, arguments);
        let hold = quote_spanned!(last=> .hold());
        quote_spanned!(first=> const _: () = #ruling #hold;)
    }

    /// A call of `function` of the private module, underlined at all of `at`.
    ///
    /// rustc underlines a call from its first token to its closing parenthesis. Spans of several tokens cannot
    /// be joined on stable Rust, so the path stands at the first token of `at` and the parentheses at the last.
    /// The spans are the user's own, not the macro's, so that no note about the macro follows the message.
    #[expect(clippy::unused_self, reason = "names come from one place, whether they depend on it or not")]
    pub(crate) fn call(
        &self,
        function: &TokenStream,
        at: &dyn ToTokens,
        arguments: &[TokenStream],
    ) -> TokenStream {
        let (first, last) = ends(at);
        let private = Ident::new(PRIVATE, first);
        let path = quote_spanned!(first=> #private::#function);
        let arguments = parenthesised(last, quote!(#(#arguments),*));
        quote!(#path #arguments)
    }

    /// The `argument` again, underlined at all of `at` when it cannot be cloned.
    pub(crate) fn again(&self, argument: &Ident, at: &dyn ToTokens) -> TokenStream {
        let (first, last) = ends(at);
        let private = self.private_at(first);
        let arguments = parenthesised(last, quote_spanned!(first=> &#argument, ()));
        let again = Ident::new("again", last);
        quote_spanned!(first=> #private::Argument::#again #arguments)
    }
}

/// `(tokens)`, the parentheses at `span`.
pub(crate) fn parenthesised(span: Span, tokens: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    group.set_span(span);
    group
}

/// A borrow of `value`, underlined at all of `at`.
pub(crate) fn borrow(value: TokenStream, at: &dyn ToTokens) -> TokenStream {
    let (first, last) = ends(at);
    let value = parenthesised(last, value);
    quote_spanned!(first=> &#value)
}

/// The item of [`Names::check`], underlined at all of `at` instead.
pub(crate) fn moved(check: TokenStream, at: &dyn ToTokens) -> TokenStream {
    let (first, last) = ends(at);
    let mut moved = TokenStream::new();
    for mut token in check {
        match &token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis && !group.stream().is_empty() =>
            {
                token = parenthesised(last, group.stream()).into();
            }
            _ => token.set_span(first),
        }
        moved.append(token);
    }
    moved
}

/// The spans of the first and of the last token.
pub(crate) fn ends(tokens: &dyn ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
    (first, tokens.last().map_or(first, |token| token.span()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_stands_at_the_first_and_last_token_of_the_value() {
        let value = "Duration::from_secs(3)".parse::<TokenStream>().unwrap();
        let check = Names::default().check("timeout", &value, &[quote!(T)]);
        let call = check.into_iter().skip(5).take_while(|token| token.to_string() != ";");
        let (first, last) = ends(&call.collect::<TokenStream>());
        assert_eq!(first.source_text().unwrap(), "Duration");
        assert_eq!(last.source_text().unwrap(), "(3)");
    }

    #[test]
    fn the_runtime_can_be_renamed() {
        let names = Names::at(syn::parse_quote!(my::runtime));
        assert_eq!(
            names.import(&[Some("Read"), None]).to_string(),
            "use my :: runtime :: __private :: { self as __resilient , Read as _ } ;"
        );
    }
}
