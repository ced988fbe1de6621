//! One execution, and the calls that wait for it.

use core::task::Waker;
use std::collections::HashMap;

use tracing::Id;

use crate::error::Rejected;
use crate::kept::Kept;

/// How the leader's attempts ended.
#[derive(Clone, Debug)]
pub(crate) enum Landed {
    Ok(Kept),
    Err(Kept),
    /// By a refusal or a limit, which each call makes an error of its own of.
    Rejected(Rejected),
}

/// The place of a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat(u64);

/// What a call that comes finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Boarded {
    /// Nobody leads: this one does from now on.
    Leads,
    /// It follows the leader of that span, if that is traced.
    Follows(Seat, Option<Id>),
}

/// What a follower that is polled finds.
#[derive(Debug)]
pub(super) enum Followed {
    /// The leader has gone: this one leads from now on.
    Leads,
    Waits,
    Landed(Landed),
}

/// One execution: who leads it, who waits for it, and how it ended.
#[derive(Debug, Default)]
pub(super) struct Flight {
    is_led: bool,
    /// The leader's span, while there is a leader.
    leader: Option<Id>,
    landed: Option<Landed>,
    followers: HashMap<u64, Waker>,
    seats: u64,
}

impl Flight {
    /// A call comes, which has that span.
    pub(super) fn board(&mut self, span: Option<Id>) -> Boarded {
        if !self.is_led {
            self.lead(span);
            return Boarded::Leads;
        }
        let seat = self.seats;
        self.seats += 1;
        // Its waker comes with the first poll; until then nothing is missed, for it asks before it waits.
        self.followers.insert(seat, Waker::noop().clone());
        Boarded::Follows(Seat(seat), self.leader.clone())
    }

    fn lead(&mut self, span: Option<Id>) {
        self.is_led = true;
        self.leader = span;
    }

    /// The follower of that seat asks, and is to be woken by `waker` when there is more to say.
    pub(super) fn follow(&mut self, seat: Seat, span: Option<Id>, waker: &Waker) -> Followed {
        if let Some(landed) = &self.landed {
            return Followed::Landed(landed.clone());
        }
        if !self.is_led {
            self.followers.remove(&seat.0);
            self.lead(span);
            return Followed::Leads;
        }
        self.followers.entry(seat.0).and_modify(|known| known.clone_from(waker));
        Followed::Waits
    }

    /// The follower of that seat goes.
    pub(super) fn leave(&mut self, seat: Seat) {
        self.followers.remove(&seat.0);
    }

    /// The leader's attempts are over. Returns who is to be told.
    #[must_use = "those who wait are to be woken"]
    pub(super) fn land(&mut self, landed: Landed) -> HashMap<u64, Waker> {
        self.landed = Some(landed);
        self.leader = None;
        core::mem::take(&mut self.followers)
    }

    /// The leader goes without a result. Returns who is to be told: all, of whom the first to ask leads; were it one, and
    /// that one dropped before it asks, nobody would.
    #[must_use = "those who wait are to be woken"]
    pub(super) fn abandon(&mut self) -> Vec<Waker> {
        self.is_led = false;
        self.leader = None;
        self.followers.values().cloned().collect()
    }

    /// Whether nobody is on board any more, and nobody has been told of a result.
    pub(super) fn is_deserted(&self) -> bool {
        !self.is_led && self.followers.is_empty()
    }
}
