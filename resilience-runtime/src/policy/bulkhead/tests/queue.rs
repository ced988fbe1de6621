//! Who waits, for how long, and who is next.

use super::*;
use crate::policy::bulkhead::state::{PATIENCE, Queue};
use crate::wakers::tests::Meddler;

// K3 K8
#[tokio::test(start_paused = true)]
async fn a_free_slot_goes_to_the_one_who_came_first() {
    let bulkhead = Bulkhead::new("k3", ONE);
    let mut slot = bulkhead.try_enter().unwrap();
    let calls: Vec<_> = (0..5).map(|_| Call::queued(&bulkhead, 0)).collect();
    for (left, call) in (0..5).rev().zip(calls) {
        assert!(!call.is_woken());
        // The one who comes later does not get in before.
        drop(slot);
        assert!(bulkhead.try_enter().is_err());
        slot = call.slot();
        assert_eq!(counts(&bulkhead), (1, left));
    }
}

// K6 K10
#[tokio::test(start_paused = true)]
async fn a_call_waits_as_long_as_it_may_and_no_longer() {
    let config = BulkheadConfig::new(1).queue(1).wait(Duration::from_millis(100));
    let bulkhead = Bulkhead::new("k6", config);
    let slot = bulkhead.try_enter().unwrap();
    let mut call = Call::queued(&bulkhead, 0);
    pass(Duration::from_millis(99)).await;
    assert!(!call.is_woken() && call.poll().is_pending());
    pass(Duration::from_millis(1)).await;
    assert!(call.is_woken());
    let Poll::Ready(Err(rejected)) = call.poll() else { panic!("still waits") };
    assert_eq!(rejected.to_string(), "bulkhead `k6` is full, still after 100ms");
    assert_eq!((refused("k6"), counts(&bulkhead)), (vec![Duration::from_millis(100)], (1, 0)));
    assert_eq!(bulkhead.snapshot().rejections, 1);
    drop(slot);
    assert_eq!(counts(&bulkhead), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_slot_at_the_last_moment_counts() {
    let bulkhead = Bulkhead::new("last-moment", ONE);
    let slot = bulkhead.try_enter().unwrap();
    let call = Call::queued(&bulkhead, 0);
    pass(SECOND).await;
    drop(slot);
    drop(call.slot());
    assert_eq!((counts(&bulkhead), refused("last-moment").len()), ((0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_at_once() {
    let bulkhead = Bulkhead::new("full-queue", ONE.queue(2));
    let slot = bulkhead.try_enter().unwrap();
    let [first, _second] = [0, 0].map(|priority| Call::queued(&bulkhead, priority));
    // A higher priority takes nobody's place away.
    assert!(matches!(Call::new(&bulkhead, 9).poll(), Poll::Ready(Err(_))));
    assert_eq!((counts(&bulkhead), refused("full-queue")), ((1, 2), vec![Duration::ZERO]));
    drop(first);
    let third = Call::queued(&bulkhead, 9);
    drop(slot);
    drop(third.slot());
}

// K7
#[tokio::test(start_paused = true)]
async fn a_dropped_wait_frees_its_place_at_once() {
    let bulkhead = Bulkhead::new("k7", ONE.queue(2));
    let slot = bulkhead.try_enter().unwrap();
    let [first, second] = [0, 0].map(|priority| Call::queued(&bulkhead, priority));
    drop(first);
    assert_eq!(counts(&bulkhead), (1, 1));
    let third = Call::queued(&bulkhead, 0);
    drop(slot);
    assert!(second.is_woken() && !third.is_woken());
    drop(second.slot());
    drop(third.slot());
    assert_eq!((counts(&bulkhead), refused("k7").len()), ((0, 0), 0));
}

// K7, at the moment between the slot and the news of it
#[tokio::test(start_paused = true)]
async fn a_slot_that_nobody_heard_of_goes_to_the_next() {
    let bulkhead = Bulkhead::new("k7-given", ONE);
    let slot = bulkhead.try_enter().unwrap();
    let [first, second] = [0, 0].map(|priority| Call::queued(&bulkhead, priority));
    drop(slot);
    assert!(first.is_woken());
    assert_eq!(counts(&bulkhead), (1, 1));
    drop(first);
    drop(second.slot());
    assert_eq!(counts(&bulkhead), (0, 0));
    assert!(bulkhead.try_enter().is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_a_timer_of_its_own_a_call_waits_until_it_gives_up() {
    let bulkhead = Bulkhead::new("driven", ONE);
    let slot = bulkhead.try_enter().unwrap();
    let mut cx = Context::from_waker(core::task::Waker::noop());
    let [mut given, mut late] = [0, 0].map(|priority| bulkhead.enter(priority));
    for enter in [&mut given, &mut late] {
        assert_eq!(enter.queue_deadline(), None);
        assert!(enter.poll_slot(&mut cx).is_pending());
        assert_eq!(enter.queue_deadline(), Some(crate::time::Tick::now().after(SECOND)));
    }
    pass(2 * SECOND).await;
    assert!(late.poll_slot(&mut cx).is_pending());
    drop(slot);
    // Given before it gave up.
    let slot = given.give_up().unwrap();
    assert_eq!(late.give_up().unwrap_err().to_string(), "bulkhead `driven` is full, still after 2s");
    drop((given, late, slot));
    assert_eq!((counts(&bulkhead), refused("driven")), ((0, 0), vec![2 * SECOND]));
}

#[tokio::test(start_paused = true)]
async fn a_call_is_woken_where_it_was_polled_last() {
    let bulkhead = Bulkhead::new("moved", ONE);
    let slot = bulkhead.try_enter().unwrap();
    let mut call = Call::queued(&bulkhead, 0);
    let former = core::mem::take(&mut call.flag);
    assert!(call.poll().is_pending());
    drop(slot);
    assert!(!former.0.load(Ordering::Relaxed));
    drop(call.slot());
}

#[tokio::test(start_paused = true)]
async fn no_waker_is_called_or_dropped_with_the_lock_held() {
    static BULKHEAD: Bulkhead = Bulkhead::new("meddled", ONE);
    let meddle = || {
        let _ = (BULKHEAD.snapshot(), BULKHEAD.try_enter().map(drop));
        BULKHEAD.reconfigure(ONE).expect("it makes sense");
    };
    let poll = |enter: &mut Enter<'static>| {
        let waker = Arc::new(Meddler(meddle)).into();
        Future::poll(Pin::new(enter), &mut Context::from_waker(&waker))
    };
    let slot = BULKHEAD.try_enter().unwrap();
    let mut calls: Vec<_> = (0..12).map(|_| BULKHEAD.enter(0)).collect();
    for round in 0..2 {
        for (number, call) in calls.iter_mut().enumerate().filter(|(number, _)| *number < 10 || round == 0) {
            assert_eq!(poll(call).is_pending(), number < 10);
        }
    }
    drop(slot);
    assert!(matches!(poll(&mut calls[0]), Poll::Ready(Ok(_))));
    calls.clear();
    assert_eq!(counts(&BULKHEAD), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn higher_priorities_enter_first_and_equal_ones_in_order() {
    let bulkhead = Bulkhead::new("priority", ONE);
    let mut slot = bulkhead.try_enter().unwrap();
    let mut calls: Vec<_> =
        [0, 5, -3, 5, 0].into_iter().map(|priority| Some(Call::queued(&bulkhead, priority))).collect();
    for next in [1, 3, 0, 4, 2] {
        drop(slot);
        slot = calls[next].take().unwrap().slot();
    }
}

#[test]
fn the_oldest_is_overtaken_seven_times_and_then_next() {
    let mut queue = Queue::new();
    queue.join(0, u32::MAX);
    for number in 0..20 {
        queue.join(1, number);
    }
    let order: Vec<_> = (0..10).map(|_| queue.pop().unwrap()).collect();
    assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, u32::MAX, 7, 8]);
    assert_eq!(PATIENCE, 7);
}

#[test]
fn patience_begins_anew_when_the_oldest_leaves() {
    let mut queue = Queue::new();
    let first = queue.join(0, 100);
    queue.join(0, 200);
    for number in 0..20 {
        queue.join(1, number);
    }
    let mut pop = |times| (0..times).map(|_| queue.pop().unwrap()).collect::<Vec<_>>();
    assert_eq!(pop(7), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(queue.remove(first), Some(100));
    assert_eq!(queue.remove(first), None);
    let order: Vec<_> = (0..8).map(|_| queue.pop().unwrap()).collect();
    assert_eq!(order, [7, 8, 9, 10, 11, 12, 13, 200]);
}

#[test]
fn whoever_waits_is_among_the_next_eight_for_each_who_is_older() {
    for older in 0..6 {
        let mut queue = Queue::new();
        for _ in 0..older {
            queue.join(-1, false);
        }
        queue.join(-2, true);
        // A stream of higher priority that never ends.
        let mut entered = 0;
        loop {
            queue.join(1, false);
            entered += 1;
            if queue.pop().unwrap() {
                break;
            }
        }
        assert!(entered <= 8 * (older + 1), "{entered} of {older}");
    }
}
