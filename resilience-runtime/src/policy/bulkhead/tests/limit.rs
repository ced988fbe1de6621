//! At most so many at once, and slots that come back whatever happens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::outcome::RejectedKind;

// K1
#[test]
fn one_more_than_the_limit_is_refused_until_one_leaves() {
    for max in [1, 3, 10] {
        let bulkhead = Bulkhead::new("k1", BulkheadConfig::new(max));
        let mut slots: Vec<_> = (0..max).map(|_| bulkhead.try_enter().unwrap()).collect();
        let rejected = bulkhead.try_enter().unwrap_err();
        assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::BulkheadFull, "k1"));
        assert_eq!(rejected.retry_after(), None);
        slots.pop();
        slots.push(bulkhead.try_enter().unwrap());
        assert!(bulkhead.try_enter().is_err());
        assert_eq!((bulkhead.in_flight(), bulkhead.snapshot().rejections), (max, 2));
        slots.clear();
        assert_eq!(bulkhead.in_flight(), 0);
    }
}

// K6
#[tokio::test(start_paused = true)]
async fn without_a_queue_a_full_bulkhead_refuses_at_once() {
    let bulkhead = Bulkhead::new("k6-none", BulkheadConfig::new(1));
    let slot = bulkhead.enter(0).await.unwrap();
    let mut second = Call::new(&bulkhead, 0);
    assert!(matches!(second.poll(), Poll::Ready(Err(_))));
    assert_eq!((counts(&bulkhead), refused("k6-none")), ((1, 0), vec![Duration::ZERO]));
    drop(slot);
    assert!(bulkhead.enter(0).await.is_ok());
}

#[test]
fn every_way_of_leaving_gives_the_slot_back() {
    let bulkhead = Bulkhead::new("leaving", BulkheadConfig::new(1));
    let ways: [fn(Slot<'_>); 4] =
        [|slot| slot.success(), |slot| slot.failure(), |slot| slot.ignore(), |slot| drop(slot)];
    for leave in ways {
        leave(bulkhead.try_enter().unwrap());
        assert_eq!(bulkhead.in_flight(), 0);
    }
}

// K11
#[test]
fn a_panic_gives_the_slot_back() {
    let bulkhead = Bulkhead::new("k11", BulkheadConfig::new(1));
    let panics = || {
        let _slot = bulkhead.try_enter().unwrap();
        panic!("the body's");
    };
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(bulkhead.in_flight(), 0);
    assert!(bulkhead.try_enter().is_ok());
}

// F8
#[test]
fn a_future_that_is_never_polled_takes_nothing() {
    let bulkhead = Bulkhead::new("f8", ONE);
    drop(bulkhead.enter(0));
    assert_eq!(counts(&bulkhead), (0, 0));
}

// E9 E10
#[test]
fn a_listener_may_use_the_bulkhead_and_may_panic() {
    static BULKHEAD: Bulkhead = Bulkhead::new("listened", BulkheadConfig::new(1));
    ear::react(|_| {
        assert!(BULKHEAD.try_enter().is_err());
        BULKHEAD.reconfigure(BulkheadConfig::new(2)).unwrap();
        assert_eq!(counts(&BULKHEAD), (1, 0));
        panic!("a listener's");
    });
    let slot = BULKHEAD.try_enter().unwrap();
    assert!(BULKHEAD.try_enter().is_err());
    assert_eq!((BULKHEAD.limit(), BULKHEAD.snapshot().rejections), (2, 2));
    drop(slot);
    assert_eq!(counts(&BULKHEAD), (0, 0));
}

#[test]
fn a_lower_limit_takes_effect_as_calls_leave() {
    let bulkhead = Bulkhead::new("lowered", BulkheadConfig::new(3));
    let mut slots: Vec<_> = (0..3).map(|_| bulkhead.try_enter().unwrap()).collect();
    bulkhead.reconfigure(BulkheadConfig::new(1)).unwrap();
    assert_eq!((bulkhead.in_flight(), bulkhead.limit()), (3, 1));
    while slots.pop().is_some() && !slots.is_empty() {
        assert!(bulkhead.try_enter().is_err());
    }
    assert!(bulkhead.try_enter().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_higher_limit_lets_in_those_who_wait() {
    let bulkhead = Bulkhead::new("raised", ONE);
    let first = bulkhead.try_enter().unwrap();
    let calls: Vec<_> = (0..3).map(|_| Call::queued(&bulkhead, 0)).collect();
    bulkhead.reconfigure(BulkheadConfig::new(3)).unwrap();
    assert_eq!(counts(&bulkhead), (3, 1));
    assert_eq!(calls.iter().map(Call::is_woken).collect::<Vec<_>>(), [true, true, false]);
    drop(first);
    assert_eq!(counts(&bulkhead), (3, 0));
    drop(calls);
    assert_eq!(counts(&bulkhead), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_shorter_queue_keeps_those_who_wait() {
    let bulkhead = Bulkhead::new("shortened", ONE);
    let slot = bulkhead.try_enter().unwrap();
    let [first, second] = [0, 0].map(|priority| Call::queued(&bulkhead, priority));
    bulkhead.reconfigure(BulkheadConfig::new(1)).unwrap();
    assert!(matches!(Call::new(&bulkhead, 9).poll(), Poll::Ready(Err(_))));
    drop(slot);
    drop(first.slot());
    drop(second.slot());
    assert_eq!(counts(&bulkhead), (0, 0));
}

#[test]
fn handles_slots_and_waits_go_anywhere() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send_and_unpin<T: Send + Sync + Unpin>() {}
    is_send_and_sync::<Bulkhead>();
    is_send_and_sync::<Slot<'_>>();
    is_send_and_unpin::<Enter<'_>>();
    assert_eq!(size_of::<Slot<'_>>(), 16);
    assert_eq!(size_of::<Option<Slot<'_>>>(), 16);
}
