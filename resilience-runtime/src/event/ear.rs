//! What the policies' tests listen with.

use core::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use super::Event;

/// Everything told so far, by all policies of all tests: each test's policies have names of their own.
static HEARD: Mutex<Vec<Event>> = Mutex::new(Vec::new());

type Reaction = Box<dyn Fn(&Event)>;

thread_local!(static REACTION: RefCell<Option<Reaction>> = const { RefCell::new(None) });

pub(super) fn hear(event: &Event) {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    let reaction = REACTION.take();
    if let Some(reaction) = reaction {
        reaction(event);
        REACTION.set(Some(reaction));
    }
}

/// Has every event of this thread answered by `reaction`, except those that it causes itself.
pub(crate) fn react(reaction: impl Fn(&Event) + 'static) {
    REACTION.set(Some(Box::new(reaction)));
}

/// Those events so far.
pub(crate) fn heard(is_asked_for: impl Fn(&Event) -> bool) -> Vec<Event> {
    let all = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().filter(|event| is_asked_for(event)).cloned().collect()
}
