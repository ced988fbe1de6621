pub(super) fn hear(_: &crate::event::Event) {}
