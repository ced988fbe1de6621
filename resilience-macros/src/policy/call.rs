//! What concerns the generated code as a whole.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `map_rejected` | path or closure | `From<Rejected>` | makes the function's own error out of a `Rejected` |
//! | `crate` | path | `::resilience_runtime` | where the runtime is, for macros that re-export it |

use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{Callable, ItemPath, Setting};
use crate::written::{Clause, Key, Room, Written};

pub(crate) static ROOM: Room = Room {
    name: "crate",
    headline: None,
    settings: &[Key::new("map_rejected", "LoadError::Rejected"), Key::new("crate", "::resilience_runtime")],
    flat: true,
    within: None,
};

/// How generated code reaches the runtime, and the user's error.
pub(crate) struct Call {
    pub(crate) map_rejected: Option<Setting<Callable>>,
    pub(crate) names: Names,
}

/// Both, as far as it is understood; reports what is wrong.
pub(crate) fn read(written: &Written, diagnostics: &mut Diagnostics) -> Call {
    let mut clause = Clause::of(&ROOM, written, diagnostics);
    let runtime = clause.read::<ItemPath>("crate");
    Call {
        map_rejected: clause.read("map_rejected"),
        names: runtime.map_or_else(Names::default, |runtime| Names::at(runtime.value.0)),
    }
}
