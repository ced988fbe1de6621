//! The keys of one policy, and how their values are read.

use super::{Behind, Room, Written};
use crate::diag::Diagnostics;
use crate::value::{FromValue, Setting};

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
