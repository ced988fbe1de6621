//! `fallback`: what answers when all else failed.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `fallback` | path or closure | none | called with the function's own arguments, the receiver first |
//!
//! It returns what the function returns, or a future of it, and is outermost: retries come before it, and the
//! deadline does not cut it.

use darling::FromMeta;

use super::{Clause, Key, Room};
use crate::diag::Diagnostics;
use crate::value::{Callable, Keyed, Setting, read};

pub(crate) static ROOM: Room = Room {
    name: "fallback",
    headline: None,
    settings: &[Key::new("fallback", "cached_answer")],
    flat: true,
    within: None,
};

#[derive(Debug, Default, FromMeta)]
pub(crate) struct FallbackClause {
    fallback: Option<Keyed<Callable>>,
}

impl Clause for FallbackClause {
    type Policy = Option<Setting<Callable>>;

    fn check(self, diagnostics: &mut Diagnostics) -> Self::Policy {
        read(self.fallback, diagnostics)
    }
}
