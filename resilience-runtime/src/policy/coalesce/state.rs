//! One execution, and the calls that wait for it.

use core::mem;
use core::task::Waker;
use std::collections::HashMap;
use std::sync::Arc;

use tracing::Span;

use crate::outcome::Rejected;
use crate::policy::answer::kept::Kept;
use crate::time::Tick;
use crate::wakers::Wakers;

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
pub(super) struct Place(u64);

/// What a call that comes finds.
#[derive(Debug, PartialEq)]
pub(super) enum Boarded {
    /// Nobody leads: this one does from now on.
    Leads,
    /// It follows the leader of that span, if that is traced.
    Follows(Place, Option<Arc<Span>>),
}

/// What a follower that is polled finds.
#[derive(Debug)]
pub(super) enum Followed {
    /// The leader has gone: this one leads from now on, and is not to be woken by that.
    Leads(Option<Waker>),
    Waits,
    Landed(Landed),
}

#[derive(Debug)]
struct Follower {
    /// Until when it has time.
    deadline: Option<Tick>,
    waker: Waker,
}

/// One execution: who leads it, who waits for it, and how it ended.
///
/// It is locked while it is asked: what others wrote, be it a waker or a result, is neither cloned nor dropped in here, but
/// handed out.
#[derive(Debug, Default)]
pub(super) struct Flight {
    is_led: bool,
    /// The leader's span, while there is a leader, who has it too.
    leader: Option<Arc<Span>>,
    /// The latest result, for those who came before it and are no followers any more.
    landed: Option<Landed>,
    followers: HashMap<u64, Follower>,
    next_place: u64,
}

impl Flight {
    /// A call comes, which has that span, and time until `deadline`.
    pub(super) fn board(&mut self, span: Option<Arc<Span>>, deadline: Option<Tick>) -> Boarded {
        if !self.is_led {
            self.lead(span);
            return Boarded::Leads;
        }
        let number = self.next_place;
        self.next_place += 1;
        // Its waker comes with the first poll; until then nothing is missed, for it asks before it waits.
        self.followers.insert(number, Follower { deadline, waker: Waker::noop().clone() });
        Boarded::Follows(Place(number), self.leader.clone())
    }

    fn lead(&mut self, span: Option<Arc<Span>>) {
        self.is_led = true;
        self.leader = span;
    }

    /// The follower of that place asks, and is to be woken by `waker` when there is more to say. Left in `waker` is one that
    /// is of no use any more.
    pub(super) fn follow(&mut self, place: Place, span: Option<&Arc<Span>>, waker: &mut Waker) -> Followed {
        if let Some(landed) = self.landed.as_ref().filter(|_| !self.followers.contains_key(&place.0)) {
            return Followed::Landed(landed.clone());
        }
        if !self.is_led {
            self.lead(span.cloned());
            return Followed::Leads(self.leave(place));
        }
        if let Some(follower) = self.followers.get_mut(&place.0) {
            mem::swap(&mut follower.waker, waker);
        }
        Followed::Waits
    }

    /// The follower of that place goes. Returns its waker.
    pub(super) fn leave(&mut self, place: Place) -> Option<Waker> {
        self.followers.remove(&place.0).map(|follower| follower.waker)
    }

    /// The leader's attempts are over; if for want of time, the result is that of the followers who have no more of it than
    /// until that tick, and the others go on. Returns who is to be told, and a result from before.
    pub(super) fn land(&mut self, landed: Landed, until: Option<Tick>) -> (Wakers, Option<Landed>) {
        let earlier = self.landed.replace(landed);
        let is_its = |follower: &Follower| {
            until.is_none_or(|until| follower.deadline.is_some_and(|deadline| deadline <= until))
        };
        let followers = self.followers.extract_if(|_, follower| is_its(follower));
        let mut told: Wakers = followers.map(|(_, follower)| follower.waker).collect();
        told.extend(self.abandon());
        (told, earlier)
    }

    /// The leader goes without a result. Returns who is to be told: all, of whom the first to ask leads; were it one, and
    /// that one dropped before it asks, nobody would.
    pub(super) fn abandon(&mut self) -> Wakers {
        self.is_led = false;
        self.leader = None;
        let wakers = self.followers.values_mut().map(|follower| &mut follower.waker);
        wakers.map(|waker| mem::replace(waker, Waker::noop().clone())).collect()
    }

    /// Whether nobody is on board any more, but for those who have a result.
    pub(super) fn is_deserted(&self) -> bool {
        !self.is_led && self.followers.is_empty()
    }
}
