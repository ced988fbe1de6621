use core::any::TypeId;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::task::Wake;
use std::thread;

use proptest::prelude::*;
use tracing::Span;

use super::judge::Coming;
use super::state::{Boarded, Flight, Followed, Landed};
use super::table::{Aboard, Flights};
use crate::outcome::{Rejected, RejectedKind};
use crate::policy::answer::key::{Key, Seal as _, Whole};
use crate::time::Tick;

fn key(of: u32) -> Key {
    (&&Whole::of(&of)).__seal(TypeId::of::<()>(), of)
}

fn flights() -> &'static Flights {
    Box::leak(Box::default())
}

fn board(flights: &'static Flights, of: u32) -> Aboard {
    until(flights, of, None)
}

fn until(flights: &'static Flights, of: u32, nanos: Option<u64>) -> Aboard {
    let deadline = nanos.map(Tick::from_nanos);
    flights.board(&key(of), Coming { span: &Span::none(), deadline, revision: 0 })
}

fn poll(aboard: &mut Aboard) -> Poll<Option<u32>> {
    let landed = aboard.poll_landed(&mut Context::from_waker(Waker::noop()));
    landed.map(|landed| {
        landed.map(|landed| match landed {
            Landed::Ok(kept) | Landed::Err(kept) => *kept.downcast_ref().expect("it is what was given"),
            Landed::Rejected(_) => 0,
        })
    })
}

fn ok(value: u32) -> Landed {
    Landed::Ok(Arc::new(value))
}

#[test]
fn the_first_leads_and_the_others_get_its_result() {
    let mut flight = Flight::default();
    assert_eq!(flight.board(None, None), Boarded::Leads);
    let Boarded::Follows(place, None) = flight.board(None, None) else { panic!("there is a leader") };
    let mut waker = Waker::noop().clone();
    assert!(matches!(flight.follow(place, None, &mut waker), Followed::Waits));
    assert_eq!(flight.land(Landed::Rejected(Rejected::throttled("t")), None).0.count(), 1);
    let followed = flight.follow(place, None, &mut waker);
    let Followed::Landed(Landed::Rejected(rejected)) = followed else { panic!("{followed:?}") };
    assert_eq!(rejected.kind(), RejectedKind::Throttled);
}

#[test]
fn keys_are_flights_of_their_own_and_a_landed_one_is_over() {
    let flights = flights();
    let (mut one, mut two) = (board(flights, 1), board(flights, 2));
    assert_eq!((poll(&mut one), poll(&mut two)), (Poll::Ready(None), Poll::Ready(None)));
    let mut follower = board(flights, 1);
    assert_eq!((poll(&mut follower), flights.count()), (Poll::Pending, 2));
    one.land(ok(10), None);
    let mut next = board(flights, 1);
    assert_eq!((poll(&mut follower), poll(&mut next)), (Poll::Ready(Some(10)), Poll::Ready(None)));
    drop((two, next, follower));
    assert_eq!((flights.count(), flights.coalesced()), (0, 1));
}

#[test]
fn a_leader_that_goes_hands_over_to_the_first_that_asks() {
    let flights = flights();
    let leader = board(flights, 1);
    let (mut gone, mut second, mut third) = (board(flights, 1), board(flights, 1), board(flights, 1));
    assert!(poll(&mut gone).is_pending() && poll(&mut second).is_pending() && poll(&mut third).is_pending());
    drop(leader);
    // Woken, and dropped before it asks.
    drop(gone);
    assert_eq!((poll(&mut third), poll(&mut second)), (Poll::Ready(None), Poll::Pending));
    third.land(ok(30), None);
    assert_eq!((poll(&mut second), flights.count()), (Poll::Ready(Some(30)), 0));
}

#[test]
fn one_that_comes_while_nobody_leads_leads() {
    let flights = flights();
    let leader = board(flights, 1);
    let mut follower = board(flights, 1);
    assert!(poll(&mut follower).is_pending());
    drop(leader);
    let mut newcomer = board(flights, 1);
    assert_eq!((poll(&mut newcomer), poll(&mut follower)), (Poll::Ready(None), Poll::Pending));
    newcomer.land(ok(20), None);
    assert_eq!(poll(&mut follower), Poll::Ready(Some(20)));
}

#[test]
fn a_leader_short_of_time_lands_for_those_who_have_no_more_and_hands_over_to_the_others() {
    let flights = flights();
    let until = |nanos| until(flights, 1, nanos);
    let leader = until(Some(10));
    let (mut same, mut later, mut last) = (until(Some(10)), until(Some(11)), until(None));
    leader.land(ok(1), Some(Tick::from_nanos(10)));
    // Whoever comes behind that has no part in it.
    assert_eq!(poll(&mut later), Poll::Ready(None));
    let mut late = until(Some(9));
    assert_eq!((poll(&mut same), poll(&mut late)), (Poll::Ready(Some(1)), Poll::Pending));
    later.land(ok(2), Some(Tick::from_nanos(11)));
    assert_eq!((poll(&mut late), poll(&mut last)), (Poll::Ready(Some(2)), Poll::Ready(None)));
    assert_eq!(flights.count(), 1);
    last.land(ok(3), None);
    assert_eq!(flights.count(), 0);
}

#[test]
fn one_that_is_told_and_goes_without_asking_leaves_nothing() {
    let flights = flights();
    let (leader, follower) = (board(flights, 1), board(flights, 1));
    let told = until(flights, 1, Some(1));
    leader.land(ok(1), Some(Tick::from_nanos(1)));
    drop((follower, told));
    assert_eq!(flights.count(), 0);
}

/// A task that has a call of its own, and panics where it is woken.
struct Task {
    _call: Option<Aboard>,
    panics: bool,
    woken: Arc<AtomicU32>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics, "as planned");
    }
}

impl Task {
    fn waker(call: Option<Aboard>, panics: bool, woken: &Arc<AtomicU32>) -> Waker {
        Waker::from(Arc::new(Self { _call: call, panics, woken: Arc::clone(woken) }))
    }
}

fn wait(aboard: &mut Aboard, waker: &Waker) {
    assert!(aboard.poll_landed(&mut Context::from_waker(waker)).is_pending());
}

#[test]
fn a_waker_may_take_another_call_along_when_it_is_dropped() {
    let (done, is_done) = mpsc::channel();
    let tried = thread::spawn(move || {
        let flights = flights();
        let (leader, woken) = (board(flights, 1), Arc::default());
        let mut follower = board(flights, 1);
        let waker = || Task::waker(Some(board(flights, 1)), false, &woken);
        // Replaced by another one, ...
        wait(&mut follower, &waker());
        wait(&mut follower, &waker());
        // ... of no use to one who leads, ...
        drop(leader);
        assert_eq!(poll(&mut follower), Poll::Ready(None));
        // ... and of one who goes.
        let mut gone = board(flights, 1);
        wait(&mut gone, &waker());
        drop(gone);
        follower.land(ok(1), None);
        assert_eq!((flights.count(), woken.load(Ordering::Relaxed)), (0, 1));
        done.send(()).expect("someone waits for it");
    });
    is_done.recv_timeout(Duration::from_secs(60)).expect("nobody waits for himself");
    tried.join().unwrap();
}

#[test]
fn a_waker_that_panics_keeps_none_of_the_others_asleep() {
    for lands in [true, false] {
        let (flights, woken) = (flights(), Arc::default());
        let leader = board(flights, 1);
        let mut followers: Vec<_> = (0..8).map(|_| board(flights, 1)).collect();
        let panics = Task::waker(None, true, &woken);
        for follower in &mut followers {
            wait(follower, &panics);
        }
        let end = || if lands { leader.land(ok(1), None) } else { drop(leader) };
        assert!(catch_unwind(AssertUnwindSafe(end)).is_err(), "it is not kept quiet");
        assert_eq!(woken.load(Ordering::Relaxed), 8);
        drop(followers);
        assert_eq!(flights.count(), 0);
    }
}

proptest! {
    /// Whatever calls do, one at most leads, none waits for nobody, and nothing stays behind.
    #[test]
    fn there_is_one_leader_and_everyone_hears(steps in proptest::collection::vec((0..4_u8, 0..8_usize), 0..60)) {
        let flights = flights();
        let mut aboard: VecDeque<Aboard> = VecDeque::new();
        for (step, which) in steps {
            let which = which % aboard.len().max(1);
            match step {
                0 | 1 => aboard.push_back(board(flights, 1)),
                2 => drop(aboard.remove(which)),
                _ => {
                    if let Some(leader) = aboard.iter().position(Aboard::leads)
                        && let Some(leader) = aboard.remove(leader)
                    {
                        leader.land(ok(1), None);
                    }
                }
            }
            // Those that were told leave, as a call does.
            aboard.retain_mut(|call| !matches!(poll(call), Poll::Ready(Some(_))));
            let leaders = aboard.iter().filter(|call| call.leads()).count();
            prop_assert_eq!(leaders, usize::from(!aboard.is_empty()));
        }
        aboard.clear();
        prop_assert_eq!(flights.count(), 0);
    }
}
