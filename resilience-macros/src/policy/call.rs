//! What concerns the generated code as a whole.
//!
//! | option | type | default | meaning |
//! |---|---|---|---|
//! | `map_rejected` | path or closure | `From<Rejected>` | makes the function's own error out of a `Rejected` |
//! | `crate` | path | `::resilience_runtime` | where the runtime is, for macros that re-export it |

use super::{Clause, Key, Room};
use crate::diag::Diagnostics;
use crate::names::Names;
use crate::value::{Callable, ItemPath, Setting, keys, read};

pub(crate) static ROOM: Room = Room {
    name: "crate",
    headline: None,
    settings: &[Key::new("map_rejected", "LoadError::Rejected"), Key::new("crate", "::resilience_runtime")],
    flat: true,
    within: None,
};

keys! {
    pub(crate) struct CallClause {
        map_rejected: Callable,
        runtime("crate"): ItemPath,
    }
}

/// How generated code reaches the runtime, and the user's error.
pub(crate) struct Call {
    pub(crate) map_rejected: Option<Setting<Callable>>,
    pub(crate) names: Names,
}

impl Clause for CallClause {
    type Policy = Call;

    fn check(self, diagnostics: &mut Diagnostics) -> Call {
        let runtime = read(self.runtime, diagnostics);
        Call {
            map_rejected: read(self.map_rejected, diagnostics),
            names: runtime.map_or_else(Names::default, |runtime| Names::at(runtime.value.0)),
        }
    }
}
