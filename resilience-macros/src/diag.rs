//! Collects every mistake of one attribute, so that one build shows them all, each once.

use std::fmt::{Display, Write as _};

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::likeness::likeness;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
    /// What tells each of them from others.
    seen: Vec<Told>,
}

impl Diagnostics {
    /// Reports a mistake that all of the tokens `at` underline; no tokens stand for the whole attribute.
    pub(crate) fn push(&mut self, at: impl ToTokens, message: impl Display) {
        self.add(syn::Error::new_spanned(at.to_token_stream(), message.to_string()));
    }

    /// Reports each message of `errors`, unless the very same one is already there.
    pub(crate) fn add(&mut self, errors: syn::Error) {
        for error in errors {
            let told = told(&error);
            if !self.seen.contains(&told) {
                self.seen.push(told);
                self.errors.push(error);
            }
        }
    }

    /// Whether this one is among them.
    pub(crate) fn contains(&self, error: &syn::Error) -> bool {
        self.seen.contains(&told(error))
    }

    /// Whether nothing was found.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The mistakes, in the order they were found.
    pub(crate) fn errors(&self) -> &[syn::Error] {
        &self.errors
    }

    /// One `compile_error!` per mistake; `None` when there is none.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        if self.errors.is_empty() {
            return None;
        }
        let mut errors = TokenStream::new();
        for error in &self.errors {
            errors.extend(error.to_compile_error());
        }
        Some(errors)
    }
}

/// What tells one mistake from another: where it is, and what is said of it.
type Told = (String, String);

/// What tells `error` from another.
pub(crate) fn told(error: &syn::Error) -> Told {
    (place(error.span()), error.to_string())
}

/// Where `span` is: spans have no equality on stable Rust; their `Debug` text names the file's bytes.
pub(crate) fn place(span: Span) -> String {
    format!("{span:?}")
}

/// The candidate that `word` is most likely a misspelling of.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    /// Below this, a suggestion is more often wrong than right: `braker` and `breaker` score 0.92, `exponential`
    /// and `exp` 0.83, `cache` and `cap` 0.69.
    const LIKELY: f64 = 0.83;
    let (mut closest, mut most) = (None, LIKELY);
    for candidate in candidates {
        let likeness = likeness(word, candidate);
        if likeness >= most {
            (closest, most) = (Some(*candidate), likeness);
        }
    }
    closest
}

/// The first column of a table.
pub(crate) fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for (name, _) in table {
        words.push(*name);
    }
    words
}

/// Words as a sentence lists them, each in backticks: `` `a`, `b` and `c` ``.
pub(crate) fn list<T: Display>(words: &[T]) -> String {
    join(words, "and")
}

/// Words of which one is meant: `` `a`, `b` or `c` ``.
pub(crate) fn choice<T: Display>(words: &[T]) -> String {
    join(words, "or")
}

fn join<T: Display>(words: &[T], last: &str) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        // Writing to a `String` cannot fail.
        let _ = match index {
            0 => write!(text, "`{word}`"),
            _ if index + 1 == words.len() => write!(text, " {last} `{word}`"),
            _ => write!(text, ", `{word}`"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_close() {
        let words = ["retry", "breaker", "timeout", "max"];
        assert_eq!(closest("timeuot", &words), Some("timeout"));
        assert_eq!(closest("braker", &words), Some("breaker"));
        assert_eq!(closest("colour", &words), None);
    }

    #[test]
    fn lists_read_as_in_a_sentence() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(choice(&["a", "b", "c"]), "`a`, `b` or `c`");
    }

    #[test]
    fn one_mistake_is_reported_once() {
        let mut diagnostics = Diagnostics::default();
        let key = quote::format_ident!("key");
        diagnostics.push(&key, "wrong");
        diagnostics.push(&key, "wrong");
        diagnostics.push(&key, "wrong in another way");
        assert_eq!(diagnostics.errors().len(), 2);
        assert!(diagnostics.into_compile_errors().is_some());
        assert!(Diagnostics::default().into_compile_errors().is_none());
    }
}
