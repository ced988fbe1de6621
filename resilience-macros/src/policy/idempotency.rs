//! What makes it harmless to carry out a request twice.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `idempotent` | flag | | the body may run twice at a time: twice is as good as once |
//! | `idempotency_key` | expression | | the same because the dependency knows the attempts of a call by this key |
//!
//! The key is anything that has `Display`. It is evaluated once a call, in front of the attempts, and found in each of
//! them by `current().idempotency_key()`.

use super::{Clause, Key, Room, Takes};
use crate::diag::Diagnostics;
use crate::value::{Expression, Setting, keys, read};

pub(crate) static ROOM: Room = Room {
    name: "idempotency",
    headline: None,
    settings: &[
        Key::new("idempotent", "").takes(Takes::Nothing),
        Key::new("idempotency_key", "request.id").noun("an expression"),
    ],
    flat: true,
    within: None,
};

keys! {
    pub(crate) struct IdempotencyClause {
        // That it is written is all there is to it, and the walk over the keys knows.
        idempotent: (),
        idempotency_key: Expression,
    }
}

impl Clause for IdempotencyClause {
    type Policy = Option<Setting<Expression>>;

    fn check(self, diagnostics: &mut Diagnostics) -> Option<Setting<Expression>> {
        read(self.idempotency_key, diagnostics)
    }
}
