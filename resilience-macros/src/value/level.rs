//! Levels, as `tracing::instrument` takes them: `"debug"`, `2` or `tracing::Level::DEBUG`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use super::{FromValue, Wrong, literal, shown};
use crate::diag::{closest, words};
use crate::names::Names;

/// The level of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Level {
    Trace,
    Debug,
    #[default]
    Info,
    Warn,
    Error,
}

/// In the order of their numbers, which start at 1.
const LEVELS: [(&str, Level); 5] = [
    ("trace", Level::Trace),
    ("debug", Level::Debug),
    ("info", Level::Info),
    ("warn", Level::Warn),
    ("error", Level::Error),
];

const ADVICE: &str = "write \"trace\", \"debug\", \"info\", \"warn\" or \"error\"";

impl Level {
    fn named(name: &str) -> Option<Self> {
        LEVELS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, level)| *level)
    }

    pub(crate) fn write(self, names: &Names) -> TokenStream {
        let private = names.private();
        let name = LEVELS[self as usize].0.to_uppercase();
        let name = Ident::new(&name, Span::call_site());
        quote!(#private::Level::#name)
    }
}

impl FromValue for Level {
    fn from_expr(value: &Expr) -> Result<Self, Wrong> {
        let number = |number: usize| LEVELS.get(number.wrapping_sub(1)).map(|(_, level)| *level);
        let (level, text) = match (value, literal(value)) {
            (_, Some((lit @ Lit::Str(text), false))) => (Self::named(&text.value()), shown(lit, false)),
            (_, Some((lit @ Lit::Int(digits), false))) => {
                (digits.base10_parse().ok().and_then(number), shown(lit, false))
            }
            (_, Some((lit, negative))) => (None, shown(lit, negative)),
            (Expr::Path(path), _) => {
                let name = path.path.segments.last().map_or_else(String::new, |last| last.ident.to_string());
                (Self::named(&name), name)
            }
            _ => return Err(Wrong::new(format!("expected a level; {ADVICE}"))),
        };
        level.ok_or_else(|| {
            Wrong::new(match closest(&text.to_lowercase(), &words(&LEVELS)) {
                Some(likely) => format!("unknown level `{text}`; did you mean `{likely}`?"),
                None => format!("`{text}` is not a level; {ADVICE}"),
            })
        })
    }
}
