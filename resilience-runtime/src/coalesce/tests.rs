use core::any::TypeId;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::Arc;

use proptest::prelude::*;
use tracing::Span;

use super::flight::{Boarded, Flight, Followed, Landed};
use super::table::{Aboard, Flights};
use crate::error::{Rejected, RejectedKind};
use crate::key::{Key, Seal as _, Whole};

fn key(of: u32) -> Key {
    (&&Whole::of(&of)).seal(TypeId::of::<()>(), of)
}

fn flights() -> &'static Flights {
    Box::leak(Box::default())
}

fn board(flights: &'static Flights, of: u32) -> Aboard {
    flights.board(key(of), Span::none(), |_| {})
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
    assert_eq!(flight.board(None), Boarded::Leads);
    let Boarded::Follows(seat, None) = flight.board(None) else { panic!("there is a leader") };
    assert!(matches!(flight.follow(seat, None, Waker::noop()), Followed::Waits));
    assert_eq!(flight.land(Landed::Rejected(Rejected::throttled("t"))).len(), 1);
    let followed = flight.follow(seat, None, Waker::noop());
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
    one.land(ok(10));
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
    third.land(ok(30));
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
    newcomer.land(ok(20));
    assert_eq!(poll(&mut follower), Poll::Ready(Some(20)));
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
                        leader.land(ok(1));
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
