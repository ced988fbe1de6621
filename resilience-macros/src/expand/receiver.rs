//! Puts `__self` for `self`, where the receiver is had again under that name.

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};

/// The name of the receiver inside of an attempt.
pub(super) const RECEIVER: &str = "__self";

/// Renames in parsed code, in macro calls too, and stays out of items that have a `self` of their own.
pub(super) struct RenameSelf;

impl VisitMut for RenameSelf {
    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        // `self` alone; `self::item` is a module.
        if path.qself.is_none() && path.path.is_ident("self") {
            let name = &mut path.path.segments[0].ident;
            *name = Ident::new(RECEIVER, name.span());
        }
        visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        let format = name.and_then(|name| Format::of(&name));
        call.tokens = rename_in(core::mem::take(&mut call.tokens), format);
    }

    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}

/// Renames in tokens that are not parsed.
pub(super) fn rename_self(tokens: TokenStream) -> TokenStream {
    rename_in(tokens, None)
}

/// Which argument of a macro is a format string, that names `self` without being a token of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The one at this place.
    At(usize),
    /// A literal that stands alone.
    Alone,
}

impl Format {
    /// For the macros of the standard library, and those that everyone knows. Of another macro it is not known what
    /// it does with a string.
    fn of(name: &str) -> Option<Self> {
        match name {
            "format" | "format_args" | "print" | "println" | "eprint" | "eprintln" | "panic" | "todo"
            | "unimplemented" | "unreachable" | "anyhow" | "bail" => Some(Self::At(0)),
            "write" | "writeln" | "assert" | "debug_assert" | "ensure" => Some(Self::At(1)),
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Some(Self::At(2)),
            "trace" | "debug" | "info" | "warn" | "error" | "event" => Some(Self::Alone),
            _ => None,
        }
    }

    const fn is(self, place: usize) -> bool {
        match self {
            Self::At(expected) => place == expected,
            Self::Alone => true,
        }
    }
}

/// Renames in the tokens of a macro whose format string stands as `format` says.
fn rename_in(tokens: TokenStream, format: Option<Format>) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is = |at: usize, char: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == char);
    let mut place = 0;
    let renamed = tokens.iter().enumerate().map(|(at, token)| match token {
        // `self::item` is a module.
        TokenTree::Ident(ident) if ident == "self" && !is(at + 1, ':') => {
            Ident::new(RECEIVER, ident.span()).into()
        }
        TokenTree::Group(group) => {
            let called = match at.checked_sub(2).map(|name| &tokens[name]) {
                Some(TokenTree::Ident(name)) if is(at - 1, '!') => Format::of(&name.to_string()),
                _ => None,
            };
            let mut renamed = Group::new(group.delimiter(), rename_in(group.stream(), called));
            renamed.set_span(group.span());
            renamed.into()
        }
        TokenTree::Literal(literal) if format.is_some_and(|format| format.is(place)) => {
            let is_alone = (at == 0 || is(at - 1, ',')) && (at + 1 == tokens.len() || is(at + 1, ','));
            TokenTree::from(if is_alone { rename_captured(literal) } else { literal.clone() })
        }
        other => {
            place += usize::from(is(at, ','));
            other.clone()
        }
    });
    renamed.collect()
}

/// A format string with `{__self}` for `{self}`.
fn rename_captured(literal: &Literal) -> Literal {
    let text = literal.to_string();
    let (mut renamed, mut rest) = (String::new(), text.as_str());
    while let Some(at) = rest.find("{self") {
        let (before, found) = rest.split_at(at);
        renamed.push_str(before);
        // Two braces stand for one that is printed.
        let opens = renamed.len() - renamed.trim_end_matches('{').len();
        let is_captured = opens % 2 == 0 && found["{self".len()..].starts_with(['}', ':']);
        renamed.push_str(if is_captured { "{__self" } else { "{self" });
        rest = &found["{self".len()..];
    }
    renamed.push_str(rest);
    let mut renamed: Literal = renamed.parse().unwrap_or_else(|_| literal.clone());
    renamed.set_span(literal.span());
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_renamed(code: &str, expected: &str) {
        let mut code: syn::Expr = syn::parse_str(code).unwrap();
        RenameSelf.visit_expr_mut(&mut code);
        let expected: syn::Expr = syn::parse_str(expected).unwrap();
        assert_eq!(quote::quote!(#code).to_string(), quote::quote!(#expected).to_string());
    }

    #[test]
    fn a_receiver_is_renamed_and_a_module_is_not() {
        assert_renamed("f(self.host, self::HOST, &self)", "f(__self.host, self::HOST, &__self)");
        assert_renamed("vec![self.host, self::HOST]", "vec![__self.host, self::HOST]");
        assert_renamed("{ fn f(&self) { self.g() } self }", "{ fn f(&self) { self.g() } __self }");
    }

    #[test]
    fn a_receiver_in_a_format_string_is_renamed() {
        assert_renamed(r#"format!("{self:?} {self}")"#, r#"format!("{__self:?} {__self}")"#);
        assert_renamed(r##"format!(r#"{self}"#)"##, r##"format!(r#"{__self}"#)"##);
        assert_renamed(r#"std::write!(f, "{self}", a)"#, r#"std::write!(f, "{__self}", a)"#);
        assert_renamed(r#"assert_eq!(a, b, "{self}")"#, r#"assert_eq!(a, b, "{__self}")"#);
        assert_renamed(r#"info!(a = 1, "{self}")"#, r#"info!(a = 1, "{__self}")"#);
        assert_renamed(r#"vec![format!("{self}")]"#, r#"vec![format!("{__self}")]"#);
    }

    #[test]
    fn any_other_string_is_left_alone() {
        for code in [
            r#"format!("{{self}} {selfish}")"#,
            r#"format!("{}", "{self}")"#,
            r#"assert_eq!(a, "{self}")"#,
            r#"query!("{self}")"#,
            r#"info!(a = "{self}")"#,
            r#"f("{self}")"#,
        ] {
            assert_renamed(code, code);
        }
    }
}
