//! Every interleaving of two threads that ask for the same.

use core::any::TypeId;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use std::sync::Arc;
use std::task::Wake;

use ::loom::{model, thread};
use tracing::Span;

use super::judge::Coming;
use super::state::Landed;
use super::table::{Aboard, Flights};
use crate::policy::answer::key::{Key, Seal as _, Whole};
use crate::time::Tick;

/// Counts wake-ups.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn key() -> Key {
    (&&Whole::of(&7_u32)).__seal(TypeId::of::<()>(), 7_u32)
}

fn board(flights: &'static Flights) -> Aboard {
    flights.board(&key(), Coming { span: &Span::none(), deadline: None, revision: 0 })
}

/// Comes on board, and does `lead` when it is the leader; whether it got a result or led in the end. One that waits asks
/// again when it is woken, and not before.
fn call(flights: &'static Flights, lead: fn(Aboard)) -> bool {
    let wakes: Arc<Wakes> = Arc::default();
    let waker = Arc::clone(&wakes).into();
    let mut cx = Context::from_waker(&waker);
    let mut aboard = board(flights);
    loop {
        match aboard.poll_landed(&mut cx) {
            Poll::Ready(Some(_)) => return false,
            Poll::Ready(None) => {
                lead(aboard);
                return true;
            }
            Poll::Pending => {
                while wakes.0.swap(0, Ordering::Relaxed) == 0 {
                    thread::yield_now();
                }
            }
        }
    }
}

fn land(aboard: Aboard) {
    aboard.land(Landed::Ok(Arc::new(())), None);
}

#[test]
fn a_result_reaches_all_on_board_and_nothing_stays_behind() {
    model(|| {
        let flights: &'static Flights = Box::leak(Box::default());
        let other = thread::spawn(move || call(flights, land));
        let led = call(flights, land);
        assert!(led | other.join().unwrap(), "one of them made the attempts");
        assert_eq!(flights.count(), 0);
    });
}

#[test]
fn a_leader_that_goes_hands_over_and_nothing_stays_behind() {
    model(|| {
        let flights: &'static Flights = Box::leak(Box::default());
        let other = thread::spawn(move || call(flights, drop));
        assert!(call(flights, drop), "nobody gave a result");
        assert!(other.join().unwrap(), "nobody gave a result");
        assert_eq!(flights.count(), 0);
    });
}

#[test]
fn a_follower_that_goes_takes_nothing_along() {
    model(|| {
        let flights: &'static Flights = Box::leak(Box::default());
        let other = thread::spawn(move || drop(board(flights)));
        call(flights, land);
        other.join().unwrap();
        assert_eq!(flights.count(), 0);
    });
}

#[test]
fn a_leader_short_of_time_hands_over_to_those_who_have_more_and_nothing_stays_behind() {
    model(|| {
        let flights: &'static Flights = Box::leak(Box::default());
        let short = |aboard: Aboard| aboard.land(Landed::Ok(Arc::new(())), Some(Tick::from_nanos(1)));
        let other = thread::spawn(move || call(flights, short));
        assert!(call(flights, short), "neither has a deadline");
        assert!(other.join().unwrap(), "neither has a deadline");
        assert_eq!(flights.count(), 0);
    });
}
