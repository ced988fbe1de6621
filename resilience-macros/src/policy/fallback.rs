//! `fallback`: what answers when all else failed.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `fallback` | path, closure or expression; a list of them | none | answers; the next of a list when the one before it fails |
//!
//! A path or a closure is called with the function's own arguments, the receiver first, and with the error behind them
//! where it takes one. It returns what the function returns, or a future of it, and is outermost: retries come before
//! it, and the deadline does not cut it.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprClosure, ExprPath, Lit, Pat, Path, Token};

use crate::diag::Diagnostics;
use crate::value::{FromValue, Wrong, literal, peel, shown};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "fallback",
    headline: None,
    settings: &[Key::new("fallback", "cached_answer").takes(Takes::Values)],
    flat: true,
    within: None,
};

/// What answers in place of the function.
#[derive(Clone)]
pub(crate) enum Answer {
    /// The path of a function, which may take the error.
    Path(ExprPath),
    Closure(ExprClosure),
    /// The answer itself, or a future of it.
    Expression(Expr),
}

/// All of them, at least one, in the order in which they are tried.
pub(crate) struct Fallback {
    pub(crate) answers: Vec<Answer>,
}

fn read_one(written: &Written, diagnostics: &mut Diagnostics) -> Option<Fallback> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let setting = clause.read("fallback")?;
    Some(Fallback { answers: vec![setting.value] })
}

impl Fallback {
    /// Reads `fallback = a`, or `fallback(a, b)`.
    pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(list) = written.tokens("fallback") else {
            return read_one(written, diagnostics);
        };
        let key = written.find("fallback")?;
        let listed = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.clone());
        let Ok(listed) = listed else {
            let message = "`fallback(..)` takes functions, closures and expressions, with a comma after each";
            diagnostics.push(&list, message);
            return None;
        };
        if listed.is_empty() {
            diagnostics.push(key, needs_one(key));
        }
        let mut answers = Vec::new();
        for value in &listed {
            let value = peel(value);
            match Answer::from_expr(value) {
                Ok(answer) => answers.push(answer),
                Err(wrong) => diagnostics.push(value, wrong),
            }
        }
        if answers.is_empty() { None } else { Some(Self { answers }) }
    }

    /// How the site is told of it.
    pub(crate) fn site(&self) -> TokenStream {
        match u32::try_from(self.answers.len()) {
            Ok(1) | Err(_) => quote::quote!(.fallback()),
            Ok(count) => {
                let count = proc_macro2::Literal::u32_unsuffixed(count);
                quote::quote!(.fallbacks(#count))
            }
        }
    }

    /// The answers that are evaluated where the arguments are known.
    pub(crate) fn expressions(&self) -> Vec<&Expr> {
        let mut expressions = Vec::new();
        for answer in &self.answers {
            if let Answer::Expression(expression) = answer {
                expressions.push(expression);
            }
        }
        expressions
    }

    /// The parameters of closures that take the error behind as many `arguments`.
    pub(crate) fn errors(&self, arguments: usize) -> Vec<&Pat> {
        let mut errors = Vec::new();
        for answer in &self.answers {
            if let Answer::Closure(closure) = answer
                && answer.takes_error(arguments)
                && let Some(error) = closure.inputs.last()
            {
                errors.push(error);
            }
        }
        errors
    }

    /// Whether some answer is a path, of which only the compiler knows what it takes.
    pub(crate) fn has_path(&self) -> bool {
        self.answers.iter().any(|answer| matches!(answer, Answer::Path(_)))
    }
}

fn needs_one(key: &Ident) -> String {
    format!("`{key}(..)` needs at least one answer, like `{key}(cached_answer, Ok(default))`")
}

impl Answer {
    /// Whether it is a closure that takes more than `arguments`: the error.
    pub(crate) fn takes_error(&self, arguments: usize) -> bool {
        matches!(self, Self::Closure(closure) if closure.inputs.len() == arguments + 1)
    }
}

impl FromValue for Answer {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let message = match (value, literal(value)) {
            (Expr::Path(path), _) if !is_constant(path) => return Ok(Self::Path(path.clone())),
            (Expr::Closure(closure), _) => return Ok(Self::Closure(closure.clone())),
            (_, None) => return Ok(Self::Expression(value.clone())),
            (_, Some((Lit::Str(text), _))) if text.parse::<Path>().is_ok() => {
                format!("`\"{0}\"` is a string; write the path without quotes: `{0}`", text.value())
            }
            (_, Some((other, negative))) => {
                let text = shown(other, negative);
                let text = if matches!(other, Lit::Str(_)) { format!("\"{text}\"") } else { text };
                format!(
                    "`{text}` is no result; write `Ok(..)` around it, or the path of a function, or a closure"
                )
            }
        };
        Err(Wrong::new(message))
    }
}

/// Whether `path` names a constant, by its looks: the last part is in capitals.
fn is_constant(path: &ExprPath) -> bool {
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)
}

impl ToTokens for Answer {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Path(path) => path.to_tokens(tokens),
            Self::Closure(closure) => closure.to_tokens(tokens),
            Self::Expression(expression) => expression.to_tokens(tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Answer, String> {
        let value = syn::parse_str(text).map_err(|error| error.to_string())?;
        Answer::from_expr(&value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_is_a_function_unless_it_is_in_capitals() {
        for text in ["cached", "Self::stale", "<Self as Backup>::load", "Ok", "cached::<u8>", "i", "Std::Err"]
        {
            assert!(matches!(read(text), Ok(Answer::Path(_))), "{text}");
        }
        for text in
            ["GUEST", "Self::GUEST", "defaults::GUEST_2", "E", "Ok(GUEST)", "cached(id)", "{ f() }", "f()?"]
        {
            assert!(matches!(read(text), Ok(Answer::Expression(_))), "{text}");
        }
    }

    #[test]
    fn a_closure_takes_the_error_behind_all_arguments() {
        let takes = |text: &str| read(text).unwrap().takes_error(1);
        assert!(takes("|id, error| f(id, error)") && takes("async |_, _| g()"));
        assert!(!takes("|id| f(id)") && !takes("|| f()") && !takes("|a, b, c| f(a, b, c)"));
        assert!(!takes("f") && !takes("f(id, error)"));
    }

    #[test]
    fn a_bare_literal_is_no_result() {
        let refusal = |text| read(text).err().unwrap();
        assert!(refusal("5").contains("`5` is no result"));
        assert!(refusal("-5").contains("`-5` is no result"));
        assert!(refusal("\"some text\"").contains("`\"some text\"` is no result"));
        assert!(refusal("\"cached\"").contains("without quotes: `cached`"));
    }
}
