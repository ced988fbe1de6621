//! How the value of a key is read.
//!
//! By hand and not by `darling`'s derive: the walk over the keys (`check::keys`) has already done what that is good for,
//! each mistake with its own place, and it would bring four crates and all of syn's extra traits, a sixth of a user's clean
//! build.

use std::fmt;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident};

use super::Setting;
use crate::check::keys::{Behind, Written};
use crate::diag::Diagnostics;
use crate::policy::Room;

/// A kind of value that stands behind a key.
pub(crate) trait FromValue: Sized {
    /// What the key means when it stands alone.
    fn from_word() -> Result<Self, Wrong> {
        Err(Wrong::new("expected a value"))
    }

    /// Reads what stands behind `=`, without parentheses around it.
    fn from_expr(value: &Expr) -> Result<Self, Wrong>;
}

/// What is wrong with a value.
#[derive(Debug)]
pub(crate) struct Wrong {
    message: String,
    /// The one word of it that is wrong; without, all of it is.
    at: Option<Span>,
}

impl Wrong {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }

    pub(crate) fn at(self, word: &Ident) -> Self {
        Self { at: Some(word.span()), ..self }
    }

    /// The error that underlines the word, or `value`.
    pub(crate) fn within(self, value: impl ToTokens) -> syn::Error {
        match self.at {
            Some(span) => syn::Error::new(span, self),
            None => syn::Error::new_spanned(value, self),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The keys of one policy, as they were written.
pub(crate) struct Clause<'a> {
    room: &'static Room,
    written: &'a Written,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Clause<'a> {
    /// The keys of `room`.
    pub(crate) fn of(room: &'static Room, written: &'a Written, diagnostics: &'a mut Diagnostics) -> Self {
        Self { room, written, diagnostics }
    }

    /// The setting, if it is there and understood; reports what is wrong with it.
    pub(crate) fn read<T: FromValue>(&mut self, name: &str) -> Option<Setting<T>> {
        let Behind { key, value, tokens } = self.written.behind(self.room, name)?;
        let read = match value {
            None => T::from_word(),
            Some(value) => T::from_expr(value),
        };
        match read {
            Ok(value) => Some(Setting { key, room: None, tokens, value }),
            Err(wrong) => {
                self.diagnostics.add(wrong.within(&tokens));
                None
            }
        }
    }

    /// The same for a setting of a room that has none alone by its name.
    pub(crate) fn read_in_room<T: FromValue>(&mut self, name: &str) -> Option<Setting<T>> {
        let setting = self.read(name)?;
        Some(Setting { room: Some(self.room.name), ..setting })
    }
}
