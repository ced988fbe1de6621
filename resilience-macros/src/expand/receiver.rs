//! Puts `__self` for `self`, where the receiver is had again under that name.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use quote::TokenStreamExt;

/// The name of the receiver inside of an attempt.
pub(super) const RECEIVER: &str = "__self";

/// Renames in code, in macro calls too, and stays out of items, which have a `self` of their own.
///
/// By tokens: to parse statements would be most of what the attribute costs on a long function.
pub(super) fn rename_self_in_code(code: TokenStream) -> TokenStream {
    let mut renamed = TokenStream::new();
    let mut code = code.into_iter().peekable();
    let mut before = [const { None }; 2];
    while let Some(token) = code.next() {
        let next = code.peek();
        let ends_after = match &token {
            TokenTree::Ident(word) => item_end(word, next),
            _ => None,
        };
        if let Some(ends_after) = ends_after {
            renamed.append(token);
            skip_item(&mut code, ends_after, &mut renamed);
            before = [const { None }; 2];
            continue;
        }
        let token = match token {
            TokenTree::Ident(word) if word == "self" && !next.is_some_and(|next| is(next, ':')) => {
                Ident::new(RECEIVER, word.span()).into()
            }
            TokenTree::Group(group) if !before[1].as_ref().is_some_and(precedes_no_code) => {
                let is_called = before[1].as_ref().is_some_and(|before| is(before, '!'));
                let tokens = match &before[0] {
                    Some(TokenTree::Ident(name)) if is_called => {
                        rename_in(group.stream(), Format::of(&name.to_string()))
                    }
                    _ => rename_self_in_code(group.stream()),
                };
                let mut renamed = Group::new(group.delimiter(), tokens);
                renamed.set_span(group.span());
                renamed.into()
            }
            other => other,
        };
        before = [before[1].take(), Some(token.clone())];
        renamed.append(token);
    }
    renamed
}

/// What an item ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Braces, or a semicolon where there are none.
    Braces,
    Semicolon,
}

/// What the item ends with that begins with `word`, if that begins one.
fn item_end(word: &Ident, next: Option<&TokenTree>) -> Option<End> {
    let word = word.to_string();
    match (word.as_str(), next) {
        ("use", _) => Some(End::Semicolon),
        // Unlike in a function pointer there is a name behind `fn`.
        ("enum" | "impl" | "mod" | "struct" | "trait", _) | ("fn", Some(TokenTree::Ident(_))) => {
            Some(End::Braces)
        }
        ("macro_rules", Some(bang)) if is(bang, '!') => Some(End::Braces),
        _ => None,
    }
}

/// Whether the group behind `token` is the visibility `pub(self)` or an attribute.
fn precedes_no_code(token: &TokenTree) -> bool {
    is(token, '#') || matches!(token, TokenTree::Ident(word) if word == "pub")
}

/// Moves the rest of an item into `tokens`.
fn skip_item(
    code: &mut core::iter::Peekable<proc_macro2::token_stream::IntoIter>,
    end: End,
    tokens: &mut TokenStream,
) {
    while let Some(token) = code.next() {
        let is_over = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            // Braces that go on are the argument of a generic type.
            TokenTree::Group(group) if end == End::Braces && group.delimiter() == Delimiter::Brace => {
                !code.peek().is_some_and(|next| is(next, '>') || is(next, ','))
            }
            _ => false,
        };
        tokens.append(token);
        if is_over {
            return;
        }
    }
}

fn is(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

/// Renames in tokens of which it is not known whether they are code.
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
    let is = |at: usize, char: char| tokens.get(at).is_some_and(|token| is(token, char));
    let mut place = 0;
    let mut renamed = TokenStream::new();
    for (at, token) in tokens.iter().enumerate() {
        renamed.append(match token {
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
    }
    renamed
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
        let [code, expected] = [code, expected].map(|code| code.parse::<TokenStream>().unwrap());
        assert_eq!(rename_self_in_code(code).to_string(), expected.to_string());
    }

    #[test]
    fn a_receiver_is_renamed_and_a_module_is_not() {
        assert_renamed("f(self.host, self::HOST, &self)", "f(__self.host, self::HOST, &__self)");
        assert_renamed("vec![self.host, self::HOST]", "vec![__self.host, self::HOST]");
        assert_renamed("for f: fn(A) -> B in self { self }", "for f: fn(A) -> B in __self { __self }");
    }

    #[test]
    fn items_are_left_alone() {
        for item in [
            "fn f(&self) { self.g() }",
            "async fn f(&self) -> impl A { self.g() }",
            "impl<const N: usize> A<{ N }> for B { fn f(self) { self } }",
            "impl A<{ 1 }, { 2 }> for B { fn f(self) { self } }",
            "trait A { fn f(&self) { self } }",
            "mod a { use self::b::{self}; }",
            "use std::fmt::{self, Display};",
            "pub(self) struct A(pub(self) u8);",
            "struct A { pub(self) a: u8 }",
            "enum A { B { a: u8 } }",
            "macro_rules! a { ($self:ident) => { self } }",
            "macro_rules! a(() => (self));",
            "#[a(self)] mod b {}",
        ] {
            assert_renamed(&format!("{item} self"), &format!("{item} __self"));
            assert_renamed(&format!("if a {{ {item} self }}"), &format!("if a {{ {item} __self }}"));
        }
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
