//! The flights of a function that are under way, by their keys.

use core::hash::BuildHasher as _;
use core::task::{Context, Poll};
use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::{Arc, PoisonError};

use tracing::Span;

use super::judge::Coming;
use super::state::{Boarded, Flight, Followed, Landed, Place};
use crate::policy::answer::key::Key;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering};
use crate::time::Tick;
use crate::wakers::Wakers;

/// The flights of a function, all instances of a generic one together: keys tell them apart.
///
/// The order of locks is the table, then a flight. Of other people's code only a key's `Eq` runs with a lock, that of the
/// table: when a call comes, and before it has changed anything, so that it may panic. All else that is theirs, which is
/// keys' `Hash`, wakers, spans, and whatever is dropped, is called when the locks are free: it may call the function.
#[derive(Debug)]
pub struct Flights {
    table: Mutex<Table>,
    hasher: RandomState,
    /// How many calls got the result of another one.
    coalesced: AtomicU64,
}

impl Default for Flights {
    fn default() -> Self {
        Self { table: Mutex::new(Table::new()), hasher: RandomState::new(), coalesced: AtomicU64::new(0) }
    }
}

/// By the hashes of their keys, so that what ends is found without a question to any key.
type Table = HashMap<u64, Vec<Under>>;

/// A flight under way.
#[derive(Debug)]
struct Under {
    key: Key,
    revision: u64,
    flight: Arc<Mutex<Flight>>,
}

impl Flights {
    /// How many calls got the result of another one.
    #[cfg(any(feature = "otel", all(test, not(resilience_loom))))]
    pub(crate) fn coalesced(&self) -> u64 {
        self.coalesced.load(Ordering::Relaxed)
    }

    /// Takes a call on board of the flight of that key, as its leader or as a follower, whose span then follows the leader's.
    pub(super) fn board(&'static self, key: &Key, coming: Coming<'_>) -> Aboard {
        let Coming { span, deadline, revision } = coming;
        let hash = self.hasher.hash_one(key);
        let span = (!span.is_disabled()).then(|| Arc::new(span.clone()));
        let (flight, boarded) = {
            let mut table = lock(&self.table);
            let is_its = |known: &&Under| known.revision == revision && known.key == *key;
            let known = table.get(&hash).and_then(|alike| alike.iter().find(is_its));
            let known = known.map(|known| Arc::clone(&known.flight));
            let flight = known.unwrap_or_else(|| {
                let flight = Arc::new(Mutex::new(Flight::default()));
                let under = Under { key: key.clone(), revision, flight: Arc::clone(&flight) };
                table.entry(hash).or_default().push(under);
                flight
            });
            let boarded = lock(&flight).board(span.clone(), deadline);
            (flight, boarded)
        };
        let (role, leader) = match boarded {
            Boarded::Leads => (Role::Leader, None),
            Boarded::Follows(place, leader) => (Role::Follower(place), leader),
        };
        let aboard = Aboard { flights: self, hash, flight, role, span };
        // It is open for as long as there is this one, whether the leader is on board or not.
        if let (Some(span), Some(leader)) = (&aboard.span, leader) {
            span.follows_from(leader.id());
        }
        aboard
    }

    /// How many flights are under way.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        lock(&self.table).values().map(Vec::len).sum()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What panics while one is held is a comparison, which leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a flight out of the table that nobody is on board of any more.
fn take_deserted(table: &mut Table, hash: u64, flight: &Arc<Mutex<Flight>>) -> Option<Under> {
    if !lock(flight).is_deserted() {
        return None;
    }
    let alike = table.get_mut(&hash)?;
    // One that has landed is not there any more.
    let at = alike.iter().position(|known| Arc::ptr_eq(&known.flight, flight))?;
    let over = alike.swap_remove(at);
    if alike.is_empty() {
        table.remove(&hash);
    }
    Some(over)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Leader,
    Follower(Place),
    /// Its result is known.
    Landed,
}

/// A call's place in a flight. Dropped, it is given back: by a leader without a result, to one of the followers.
#[derive(Debug)]
pub(super) struct Aboard {
    flights: &'static Flights,
    hash: u64,
    flight: Arc<Mutex<Flight>>,
    role: Role,
    /// Shared with those who are about to follow it, so that it is open when they do.
    span: Option<Arc<Span>>,
}

impl Aboard {
    /// Whether it is the one that makes the attempts.
    #[cfg(all(test, not(resilience_loom)))]
    pub(super) fn leads(&self) -> bool {
        self.role == Role::Leader
    }

    /// Waits for the leader's result; `None` when this call is the leader itself.
    pub(super) fn poll_landed(&mut self, cx: &mut Context<'_>) -> Poll<Option<Landed>> {
        let Role::Follower(place) = self.role else { return Poll::Ready(None) };
        let mut waker = cx.waker().clone();
        let followed = lock(&self.flight).follow(place, self.span.as_ref(), &mut waker);
        match followed {
            Followed::Waits => Poll::Pending,
            Followed::Leads(own) => {
                self.role = Role::Leader;
                drop(own);
                Poll::Ready(None)
            }
            Followed::Landed(landed) => {
                self.role = Role::Landed;
                self.flights.coalesced.fetch_add(1, Ordering::Relaxed);
                Poll::Ready(Some(landed))
            }
        }
    }

    /// Hands the leader's result to all who follow; or to those who have no more time than until that tick, and the lead to
    /// one of the others. Calls that come from now on have no part in it.
    pub(super) fn land(mut self, landed: Landed, until: Option<Tick>) {
        self.role = Role::Landed;
        let mut table = lock(&self.flights.table);
        let (followers, earlier) = lock(&self.flight).land(landed, until);
        let over = take_deserted(&mut table, self.hash, &self.flight);
        drop(table);
        // Here they are woken.
        drop(followers);
        drop((earlier, over));
    }
}

impl Drop for Aboard {
    fn drop(&mut self) {
        if self.role == Role::Landed {
            return;
        }
        let mut table = lock(&self.flights.table);
        let (followers, own) = {
            let mut flight = lock(&self.flight);
            match self.role {
                Role::Follower(place) => (Wakers::new(), flight.leave(place)),
                Role::Leader | Role::Landed => (flight.abandon(), None),
            }
        };
        let over = take_deserted(&mut table, self.hash, &self.flight);
        drop(table);
        // Here they are woken.
        drop(followers);
        drop((own, over));
    }
}
