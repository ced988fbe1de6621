//! What the tests of this room share.

use crate::event::Event;
pub(super) fn hear(event: &Event) {
    let _ = event;
}
