//! A waker that panics, of one that is next: whoever lets it in loses nothing by that.

use core::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("the waker's");
    }
}

/// A call in the queue, whose waker panics.
fn queued(bulkhead: &Bulkhead) -> Enter<'_> {
    let mut enter = bulkhead.enter(0);
    let waker = Arc::new(Panics).into();
    assert!(Future::poll(Pin::new(&mut enter), &mut Context::from_waker(&waker)).is_pending());
    enter
}

#[tokio::test(start_paused = true)]
async fn a_place_is_given_up_by_a_call_that_does_not_know_of_it() {
    let bulkhead = Bulkhead::new("a place", ONE);
    let first = bulkhead.try_enter().unwrap();
    let next = queued(&bulkhead);
    // As it leaves, which has not come to the lock yet.
    mem::forget(first);
    bulkhead.word.fetch_sub(1, Ordering::Relaxed);
    let mut late = Call::new(&bulkhead, 0);
    assert!(catch_unwind(AssertUnwindSafe(|| late.poll())).is_err());
    assert_eq!(counts(&bulkhead), (1, 1));
    drop(late);
    assert_eq!(counts(&bulkhead), (1, 0));
    drop(next);
    assert_eq!(counts(&bulkhead), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_given_back_by_a_call_that_does_not_know_of_it() {
    let bulkhead = Bulkhead::new("a slot", ONE);
    let first = bulkhead.try_enter().unwrap();
    let (second, next) = (Call::queued(&bulkhead, 0), queued(&bulkhead));
    drop(first);
    assert!(second.is_woken());
    // As a command raises it, which has not come to the lock yet.
    bulkhead.set_limit(2, false);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(second))).is_err());
    assert_eq!(counts(&bulkhead), (1, 0));
    drop(next);
    assert_eq!(counts(&bulkhead), (0, 0));
}
