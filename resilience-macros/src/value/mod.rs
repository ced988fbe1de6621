//! The values that options take: literals of one kind, or a const expression of the kind's type.

mod callable;
mod count;
mod duration;
mod expression;
mod flag;
mod jitter;
mod level;
mod number;
mod rate;
mod ratio;
mod read;
mod seed;
mod setting;
mod target;
mod text;
mod window;

pub(crate) use callable::{Callable, ItemPath};
pub(crate) use count::{Attempts, Count};
pub(crate) use duration::Duration;
pub(crate) use expression::Expression;
pub(crate) use flag::Flag;
pub(crate) use jitter::Jitter;
pub(crate) use level::Level;
pub(crate) use number::Number;
pub(crate) use rate::Rate;
pub(crate) use ratio::Ratio;
pub(crate) use read::{FromValue, Wrong};
pub(crate) use seed::Seed;
pub(crate) use setting::{Setting, at, checked, set, write_or};
pub(crate) use target::{Kind, Target, is_static};
pub(crate) use text::Text;
pub(crate) use window::Window;

use std::fmt::Display;

use proc_macro2::{Literal as Token, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use crate::names::Names;

/// One kind of value that has literals.
pub(crate) trait Literal: Sized {
    /// What a value of this kind is called, with its article.
    const NOUN: &'static str;
    /// How to write one, for the end of a message.
    const ADVICE: &'static str;

    /// Reads a literal, with the minus sign before it if there is one; the error is a whole message.
    ///
    /// Only the form is checked: whether a value is in range is for the runtime's const checks to say.
    fn read(literal: &Lit, negative: bool) -> Result<Self, String>;

    /// The message for an expression that only looks like one: a literal without its quotes.
    fn misread(_: &Expr) -> Option<String> {
        None
    }

    /// The Rust type of the const expressions that may stand instead of a literal.
    fn rust_type(names: &Names) -> TokenStream;

    /// The const expression for the literal.
    fn write(&self, names: &Names) -> TokenStream;

    /// The message for a literal that is not of this kind.
    fn refusal(literal: impl Display) -> String {
        refusal(&literal.to_string(), Self::NOUN, Self::ADVICE)
    }
}

fn refusal(literal: &str, noun: &str, advice: &str) -> String {
    let literal = if literal.is_empty() { "\"\"" } else { literal };
    format!("`{literal}` is not {noun}; {advice}")
}

/// A literal, or a const expression that is left to the compiler.
#[derive(Clone)]
pub(crate) enum Value<L> {
    Literal(L),
    Const(Box<Expr>),
}

impl<L> Value<L> {
    /// The literal, if it is one.
    pub(crate) fn literal(&self) -> Option<&L> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Const(_) => None,
        }
    }
}

impl<L: Literal> FromValue for Value<L> {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let Some((literal, negative)) = literal(value) else {
            return match L::misread(value) {
                Some(message) => Err(Wrong::new(message)),
                None => Ok(Self::Const(Box::new(constant(value)?))),
            };
        };
        match L::read(literal, negative) {
            Ok(literal) => Ok(Self::Literal(literal)),
            Err(message) => Err(Wrong::new(message)),
        }
    }
}

/// Whether all of it is digits.
pub(crate) fn is_whole(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value without parentheses, and without the invisible ones that `macro_rules!` adds.
pub(crate) fn peel(mut value: &Expr) -> &Expr {
    loop {
        match value {
            Expr::Group(group) => value = &group.expr,
            Expr::Paren(paren) => value = &paren.expr,
            _ => return value,
        }
    }
}

/// The literal that the value is, and whether a minus sign stands before it.
pub(crate) fn literal(value: &Expr) -> Option<(&Lit, bool)> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some((lit, false)),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match peel(expr) {
            Expr::Lit(ExprLit { lit, .. }) => Some((lit, true)),
            _ => None,
        },
        _ => None,
    }
}

/// A literal as a message shows it: strings without their quotes.
pub(crate) fn shown(literal: &Lit, negative: bool) -> String {
    let sign = if negative { "-" } else { "" };
    match literal {
        Lit::Str(text) => format!("{sign}{}", text.value()),
        other => format!("{sign}{}", other.to_token_stream()),
    }
}

/// Refuses an expression that cannot be constant where it is evaluated.
pub(crate) fn constant(value: &Expr) -> Result<Expr, Wrong> {
    find_self(value.to_token_stream())?;
    Ok(value.clone())
}

/// Refuses the first `Self` or `self`.
fn find_self(tokens: TokenStream) -> Result<(), Wrong> {
    for token in tokens {
        let word = match token {
            TokenTree::Ident(word) => word,
            TokenTree::Group(group) => {
                find_self(group.stream())?;
                continue;
            }
            _ => continue,
        };
        let message = match word.to_string().as_str() {
            "Self" => {
                "values are checked outside of the impl, where `Self` is not known; write the type's name"
            }
            "self" => "values are checked at compile time, when there is no `self`; write a const expression",
            _ => continue,
        };
        return Err(Wrong::new(message).at(&word));
    }
    Ok(())
}

/// A finite number as tokens; a literal token has no sign of its own.
fn float(number: f64) -> TokenStream {
    let minus = number.is_sign_negative().then(|| quote!(-));
    let token = Token::f64_unsuffixed(number.abs());
    quote!(#minus #token)
}
