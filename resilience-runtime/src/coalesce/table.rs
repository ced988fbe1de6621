//! The flights of a function that are under way, by their keys.

use core::task::{Context, Poll, Waker};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tracing::{Id, Span};

use super::flight::{Boarded, Flight, Followed, Landed, Seat};
use crate::key::Key;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering};

/// The flights of a function, all instances of a generic one together: keys tell them apart.
///
/// The order of locks is the table, then a flight. Keys are compared with the table locked, which is code of the user's; it
/// may panic and leaves the table as it was.
#[derive(Debug)]
pub struct Flights {
    flights: Mutex<HashMap<Key, Arc<Mutex<Flight>>>>,
    /// How many calls got the result of another one.
    coalesced: AtomicU64,
}

impl Default for Flights {
    fn default() -> Self {
        Self { flights: Mutex::new(HashMap::new()), coalesced: AtomicU64::new(0) }
    }
}

impl Flights {
    /// How many calls got the result of another one.
    #[cfg(any(feature = "otel", all(test, not(resilience_loom))))]
    pub(crate) fn coalesced(&self) -> u64 {
        self.coalesced.load(Ordering::Relaxed)
    }

    /// Takes the call of `span` on board of the flight of that key, as its leader or as a follower of the leader whose span
    /// `follow` is handed.
    pub(super) fn board(&'static self, key: Key, span: Span, follow: impl FnOnce(&Id)) -> Aboard {
        let mut flights = lock(&self.flights);
        let flight =
            Arc::clone(flights.entry(key.clone()).or_insert_with(|| Arc::new(Mutex::new(Flight::default()))));
        let role = match lock(&flight).board(span.id()) {
            Boarded::Leads => Role::Leader,
            Boarded::Follows(seat, leader) => {
                // With the flight locked: the leader's span is open until it has left.
                if let Some(leader) = leader {
                    follow(&leader);
                }
                Role::Follower(seat)
            }
        };
        drop(flights);
        Aboard { flights: self, key, flight, role, span }
    }

    /// How many flights are under way.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        lock(&self.flights).len()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What panics while one is held is a comparison, or a subscriber, and neither leaves anything half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Leader,
    Follower(Seat),
    /// Its result is known.
    Landed,
}

/// A call's place in a flight. Dropped, it is given back: by a leader without a result, to one of the followers.
#[derive(Debug)]
pub(super) struct Aboard {
    flights: &'static Flights,
    key: Key,
    flight: Arc<Mutex<Flight>>,
    role: Role,
    /// Kept open for as long as others may follow it.
    span: Span,
}

impl Aboard {
    /// Whether it is the one that makes the attempts.
    #[cfg(all(test, not(resilience_loom)))]
    pub(super) fn leads(&self) -> bool {
        self.role == Role::Leader
    }

    /// Waits for the leader's result; `None` when this call is the leader itself.
    pub(super) fn poll_landed(&mut self, cx: &mut Context<'_>) -> Poll<Option<Landed>> {
        let Role::Follower(seat) = self.role else { return Poll::Ready(None) };
        let followed = lock(&self.flight).follow(seat, self.span.id(), cx.waker());
        match followed {
            Followed::Waits => Poll::Pending,
            Followed::Leads => {
                self.role = Role::Leader;
                Poll::Ready(None)
            }
            Followed::Landed(landed) => {
                self.role = Role::Landed;
                self.flights.coalesced.fetch_add(1, Ordering::Relaxed);
                Poll::Ready(Some(landed))
            }
        }
    }

    /// Hands the leader's result to all who follow. Calls that come from now on are another flight.
    pub(super) fn land(mut self, landed: Landed) {
        self.role = Role::Landed;
        // A flight whose leader is on board is the one of its key.
        lock(&self.flights.flights).remove(&self.key);
        let followers = lock(&self.flight).land(landed);
        followers.into_values().for_each(Waker::wake);
    }
}

impl Drop for Aboard {
    fn drop(&mut self) {
        if self.role == Role::Landed {
            return;
        }
        let mut flights = lock(&self.flights.flights);
        let mut flight = lock(&self.flight);
        let followers = match self.role {
            Role::Leader => flight.abandon(),
            Role::Follower(seat) => {
                flight.leave(seat);
                Vec::new()
            }
            Role::Landed => Vec::new(),
        };
        let is_deserted = flight.is_deserted();
        drop(flight);
        // A follower may leave behind the landing, when the key is that of another flight.
        let is_this = |known: &Arc<Mutex<Flight>>| Arc::ptr_eq(known, &self.flight);
        if is_deserted && flights.get(&self.key).is_some_and(is_this) {
            flights.remove(&self.key);
        }
        drop(flights);
        followers.into_iter().for_each(Waker::wake);
    }
}
