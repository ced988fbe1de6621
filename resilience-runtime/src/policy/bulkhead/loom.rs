//! Every interleaving of two or three threads. Time is not paused here and decides nothing.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;

use ::loom::{model, thread};

use super::{Bulkhead, BulkheadConfig, Enter, Slot};

/// A limit of one and a queue.
const ONE: BulkheadConfig = BulkheadConfig::new(1).queue(5).wait(Duration::from_secs(3600));

/// Counts wake-ups.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A call that wants to enter.
struct Call<'b> {
    enter: Enter<'b>,
    wakes: Arc<Wakes>,
}

impl<'b> Call<'b> {
    fn new(bulkhead: &'b Bulkhead) -> Self {
        Self { enter: bulkhead.enter(0), wakes: Arc::default() }
    }

    fn poll(&mut self) -> Option<Slot<'b>> {
        let waker = Arc::clone(&self.wakes).into();
        match self.enter.poll_slot(&mut Context::from_waker(&waker)) {
            Poll::Ready(slot) => Some(slot.expect("the queue has a place")),
            Poll::Pending => None,
        }
    }

    /// The slot, where nobody else is inside any more: the call must have been woken for it.
    fn slot(mut self, first: Option<Slot<'b>>) -> Slot<'b> {
        first.unwrap_or_else(|| {
            assert_eq!(self.wakes.0.load(Ordering::Relaxed), 1, "a lost wake-up");
            self.poll().expect("a lost slot")
        })
    }
}

fn bulkhead(config: BulkheadConfig) -> Arc<Bulkhead> {
    Arc::new(Bulkhead::new("loom", config))
}

fn spawn(bulkhead: &Arc<Bulkhead>, work: impl FnOnce(&Bulkhead) + 'static) -> thread::JoinHandle<()> {
    let bulkhead = Arc::clone(bulkhead);
    thread::spawn(move || work(&bulkhead))
}

fn is_empty(bulkhead: &Bulkhead) -> bool {
    bulkhead.in_flight() == 0 && bulkhead.queued() == 0 && bulkhead.try_enter().is_ok()
}

// K4
#[test]
fn two_are_never_inside_at_once() {
    model(|| {
        let bulkhead = bulkhead(BulkheadConfig::new(1));
        let inside = Arc::new(AtomicU32::new(0));
        let threads = [0; 2].map(|_| {
            let inside = Arc::clone(&inside);
            spawn(&bulkhead, move |bulkhead| {
                if let Ok(slot) = bulkhead.try_enter() {
                    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::Relaxed);
                    drop(slot);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(is_empty(&bulkhead));
    });
}

// K3
#[test]
fn a_slot_that_gets_free_while_a_call_joins_the_queue_is_not_lost() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let thread = spawn(&bulkhead, |bulkhead| drop(bulkhead.try_enter()));
        let mut call = Call::new(&bulkhead);
        let first = call.poll();
        thread.join().unwrap();
        drop(call.slot(first));
        assert!(is_empty(&bulkhead));
    });
}

// K3, with two that wait and none that may be forgotten
#[test]
fn everybody_who_waits_gets_a_turn() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let joins = |bulkhead: &Bulkhead| {
            let mut call = Call::new(bulkhead);
            let mut slot = call.poll();
            while slot.is_none() {
                thread::yield_now();
                slot = call.poll();
            }
        };
        let thread = spawn(&bulkhead, joins);
        joins(&bulkhead);
        thread.join().unwrap();
        assert!(is_empty(&bulkhead));
    });
}

// K7
#[test]
fn a_call_that_gives_up_while_it_is_given_a_slot_passes_it_on() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let slot = bulkhead.try_enter().unwrap();
        let (mut gives_up, mut waits) = (Call::new(&bulkhead), Call::new(&bulkhead));
        assert!(gives_up.poll().is_none() && waits.poll().is_none());
        // Leaves what another thread gives back at the same time.
        let other = spawn(&bulkhead, |bulkhead| bulkhead.leave(None, super::guard::Verdict::Dropped));
        core::mem::forget(slot);
        drop(gives_up);
        other.join().unwrap();
        drop(waits.slot(None));
        assert!(is_empty(&bulkhead));
    });
}

// K7
#[test]
fn a_call_that_gives_up_has_either_the_slot_or_its_place() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let slot = bulkhead.try_enter().unwrap();
        let mut call = Call::new(&bulkhead);
        assert!(call.poll().is_none());
        let other = spawn(&bulkhead, |bulkhead| bulkhead.leave(None, super::guard::Verdict::Dropped));
        core::mem::forget(slot);
        let given = call.enter.give_up();
        other.join().unwrap();
        assert_eq!(bulkhead.in_flight(), u32::from(given.is_ok()));
        drop((given, call));
        assert!(is_empty(&bulkhead));
    });
}

#[test]
fn a_call_that_asks_once_takes_nothing_from_those_who_wait() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let slot = bulkhead.try_enter().unwrap();
        let mut call = Call::new(&bulkhead);
        assert!(call.poll().is_none());
        let other = spawn(&bulkhead, |bulkhead| assert!(bulkhead.try_enter().is_err()));
        drop(slot);
        other.join().unwrap();
        let slot = call.slot(None);
        assert!(bulkhead.try_enter().is_err());
        drop(slot);
        assert!(is_empty(&bulkhead));
    });
}

#[test]
fn a_limit_that_is_raised_while_a_call_joins_the_queue_lets_it_in() {
    model(|| {
        let bulkhead = bulkhead(ONE);
        let slot = bulkhead.try_enter().unwrap();
        let other = spawn(&bulkhead, |bulkhead| {
            bulkhead.reconfigure(BulkheadConfig::new(2).queue(5).wait(Duration::MAX)).unwrap();
        });
        let mut call = Call::new(&bulkhead);
        let first = call.poll();
        other.join().unwrap();
        let second = call.slot(first);
        assert_eq!((bulkhead.in_flight(), bulkhead.limit()), (2, 2));
        drop((slot, second));
        assert!(is_empty(&bulkhead));
    });
}

#[test]
fn a_limit_that_changes_while_calls_enter_and_leave_counts_them_all() {
    model(|| {
        let bulkhead = bulkhead(BulkheadConfig::new(2));
        let slot = bulkhead.try_enter();
        let other = spawn(&bulkhead, |bulkhead| bulkhead.reconfigure(BulkheadConfig::new(1)).unwrap());
        drop(bulkhead.try_enter());
        drop(slot);
        other.join().unwrap();
        assert_eq!((bulkhead.in_flight(), bulkhead.limit()), (0, 1));
        assert!(is_empty(&bulkhead));
    });
}
