//! `name`, `fields` and `level`: the span of a call, as in `tracing::instrument`.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `name` | text | the function's name | the name of the span |
//! | `fields(..)` | as in `tracing` | none | what the span records; arguments are not recorded unless named here |
//! | `level` | `"trace"` to `"error"`, 1 to 5, or a path | `"info"` | the level of the span |

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{Level, Text};
use crate::written::{Clause, Key, Room, Takes, Written};

pub(crate) static ROOM: Room = Room {
    name: "span",
    headline: None,
    settings: &[
        Key::new("name", "\"load_user\""),
        Key::new("fields", "user.id = id").takes(Takes::Tokens),
        Key::new("level", "\"debug\""),
    ],
    flat: true,
    within: None,
};

/// The span, but for its fields: those have a grammar of their own and are passed on as they are.
pub(crate) struct Span {
    pub(crate) name: Option<LitStr>,
    pub(crate) level: Option<Level>,
}

/// The span, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Span {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    Span {
        name: clause.read::<Text>("name").map(|name| name.value.0),
        level: clause.read::<Level>("level").map(|level| level.value),
    }
}

/// The part of the site that describes the span.
pub(crate) fn site(name: Option<&LitStr>, level: Level, names: &Names) -> TokenStream {
    let name = name.map(|name| quote!(.name(#name)));
    let level = (level != Level::default()).then(|| level.write(names)).map(|level| quote!(.level(#level)));
    quote!(#name #level)
}
