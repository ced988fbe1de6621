//! What makes it harmless to carry out a request twice.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `idempotent` | flag | | the body may run twice at a time: twice is as good as once |
//! | `idempotency_key` | expression | | the same because the dependency knows the attempts of a call by this key |
//!
//! The key is anything that has `Display`. It is evaluated once a call, in front of the attempts, and found in each of
//! them by `current().idempotency_key()`.

use crate::diag::Diagnostics;
use crate::value::{Expression, Setting};
use crate::written::{Clause, Key, Room, Takes, Written};

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

/// The key, as far as it is written, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Option<Setting<Expression>> {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let key = clause.read::<Expression>("idempotency_key")?;
    key.refuse_literal("format_args!(\"order-{id}\")", diagnostics);
    Some(key)
}
