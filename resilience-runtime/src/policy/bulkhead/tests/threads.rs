//! Real threads: never more than the limit, no slot and no call lost.

use core::sync::atomic::AtomicU32;
use std::sync::Barrier;
use std::thread;

use super::*;
use crate::policy::bulkhead::Adaptive;

/// Counts who is inside, and the most there ever were.
#[derive(Debug, Default)]
struct Gauge {
    inside: AtomicU32,
    most: AtomicU32,
    total: AtomicU32,
}

impl Gauge {
    fn enter(&self) {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.total.fetch_add(1, Ordering::SeqCst);
    }

    fn leave(&self) {
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }

    /// The most there were inside, and how many in all.
    fn figures(&self) -> (u32, u32) {
        (self.most.load(Ordering::SeqCst), self.total.load(Ordering::SeqCst))
    }
}

fn many_threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().expect("a runtime")
}

// K4
#[test]
fn threads_never_meet_in_greater_numbers_than_the_limit() {
    let (bulkhead, gauge) = (Bulkhead::new("k4", BulkheadConfig::new(3)), Gauge::default());
    let start = Barrier::new(8);
    let refusals = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..10_000 {
                    match bulkhead.try_enter() {
                        Ok(slot) => {
                            gauge.enter();
                            gauge.leave();
                            drop(slot);
                        }
                        Err(_) => {
                            refusals.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    let (most, total) = gauge.figures();
    assert!(most <= 3, "{most}");
    assert_eq!(total + refusals.into_inner(), 80_000);
    assert_eq!(bulkhead.snapshot().rejections, 80_000 - u64::from(total));
    assert_eq!(bulkhead.in_flight(), 0);
}

// K4, with a queue that holds all
#[test]
fn ten_thousand_tasks_all_get_their_turn() {
    static BULKHEAD: Bulkhead =
        Bulkhead::new("k4-tasks", BulkheadConfig::new(5).queue(10_000).wait(Duration::from_secs(3600)));
    static GAUGE: Gauge =
        Gauge { inside: AtomicU32::new(0), most: AtomicU32::new(0), total: AtomicU32::new(0) };
    many_threads().block_on(async {
        let call = |number: i32| async move {
            let slot = BULKHEAD.enter(number % 3).await.unwrap();
            GAUGE.enter();
            tokio::task::yield_now().await;
            GAUGE.leave();
            slot.success();
        };
        let tasks: Vec<_> = (0..10_000).map(|number| tokio::spawn(call(number))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let (most, total) = GAUGE.figures();
    assert!(most <= 5, "{most}");
    assert_eq!((total, refused("k4-tasks").len()), (10_000, 0));
    assert_eq!(counts(&BULKHEAD), (0, 0));
}

// K7, with threads: every third gives up at once, and nothing that it was given is lost
#[test]
fn tasks_that_give_up_keep_nothing() {
    static BULKHEAD: Bulkhead =
        Bulkhead::new("k7-tasks", BulkheadConfig::new(2).queue(10_000).wait(Duration::from_secs(3600)));
    many_threads().block_on(async {
        let call = |number: i32| async move {
            if number % 3 == 0 {
                let mut call = Call::new(&BULKHEAD, number % 2);
                let given = call.poll();
                tokio::task::yield_now().await;
                drop((given, call));
            } else {
                let slot = BULKHEAD.enter(number % 2).await.unwrap();
                tokio::task::yield_now().await;
                drop(slot);
            }
        };
        let tasks: Vec<_> = (0..9_000).map(|number| tokio::spawn(call(number))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!((counts(&BULKHEAD), refused("k7-tasks").len()), ((0, 0), 0));
    assert_eq!(BULKHEAD.limit(), 2);
}

// K4, under a limit that moves all the time
#[test]
fn a_limit_that_moves_loses_no_slot() {
    let adaptive = BulkheadConfig::new(5).adaptive(Adaptive::aimd().max(8));
    let configs =
        [ONE, adaptive, BulkheadConfig::new(3), adaptive.queue(100).wait(Duration::from_secs(3600))];
    let (bulkhead, gauge) = (Bulkhead::new("moving", adaptive), Gauge::default());
    let start = Barrier::new(5);
    thread::scope(|scope| {
        for thread in 0..4 {
            let (bulkhead, gauge, start) = (&bulkhead, &gauge, &start);
            scope.spawn(move || {
                start.wait();
                for call in 0..5_000 {
                    if let Ok(slot) = bulkhead.try_enter() {
                        gauge.enter();
                        gauge.leave();
                        if (call + thread) % 10 == 0 { slot.failure() } else { slot.success() }
                    }
                }
            });
        }
        start.wait();
        for turn in 0..2_000 {
            bulkhead.reconfigure(configs[turn % configs.len()]).unwrap();
        }
    });
    assert!(gauge.figures().0 <= 8);
    assert_eq!(counts(&bulkhead), (0, 0));
    bulkhead.reconfigure(ONE).unwrap();
    let slot = bulkhead.try_enter();
    assert!(slot.is_ok() && bulkhead.try_enter().is_err());
}
