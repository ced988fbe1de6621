//! `coalesce`: calls that ask for the same at the same time share one execution.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `coalesce` | flag | | the calls that come while one is under way wait for its result |
//! | `key` | expression | all arguments, or the key of `cache` | what the result depends on |
//!
//! The setting stands in the group: `coalesce(key = id)`. It is evaluated once a call, in front of the attempts.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Expr;

use crate::diag::Diagnostics;
use crate::value::{Expression, FromValue, Setting, Wrong};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "coalesce",
    headline: Some(Key::new("coalesce", "\"none\"").takes(Takes::Optional)),
    settings: &[Key::new("key", "id").noun("an expression")],
    flat: false,
    within: None,
};

#[derive(Debug)]
struct Flag;

impl FromValue for Flag {
    fn from_word() -> Result<Self, Wrong> {
        Ok(Self)
    }

    fn from_expr(_value: &Expr) -> Result<Self, Wrong> {
        Err(Wrong::new(
            "`coalesce` takes no value; write it alone, or with what the result depends on, like `coalesce(key = id)`",
        ))
    }
}

/// Calls that share one execution.
pub(crate) struct Coalesce {
    /// Its key in the attribute.
    pub(crate) keyword: Ident,
    pub(crate) key: Option<Setting<Expression>>,
}

/// The coalescing, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Coalesce> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let flag = clause.read::<Flag>("coalesce");
    let key = clause.read_in_room("key");
    Some(Coalesce { keyword: flag?.key, key })
}

impl Coalesce {
    /// The part of the site that says so.
    pub(crate) fn site() -> TokenStream {
        quote!(.coalesce())
    }
}
