//! An adaptive bulkhead before a dependency with a knee: it answers in a fixed time up to so many calls at once,
//! and beyond in a time that grows with them.

use core::cell::Cell;
use std::rc::Rc;

use tokio::task::LocalSet;

use super::*;
use crate::policy::bulkhead::Adaptive;
use crate::rng::{self, Rng};
use crate::time::{Tick, sleep_until};

/// A dependency that works on `knee` calls at once.
struct Backend {
    knee: Cell<u32>,
    /// What a call takes that need not wait, but for a scatter of a fifth.
    base: Cell<Duration>,
    inside: Cell<u32>,
}

impl Backend {
    async fn call(&self) {
        self.inside.set(self.inside.get() + 1);
        let load = f64::from(self.inside.get()) / f64::from(self.knee.get());
        let scatter = 0.8 + 0.4 * Rng::of_thread().fraction();
        let latency = self.base.get().mul_f64(load.max(1.0) * scatter);
        sleep_until(Tick::now().after(latency)).await;
        self.inside.set(self.inside.get() - 1);
    }
}

/// A hundred callers that never rest, behind one bulkhead.
struct World {
    bulkhead: &'static Bulkhead,
    backend: Rc<Backend>,
}

impl World {
    fn new(start: u32, adaptive: Adaptive) -> Self {
        let config = BulkheadConfig::new(start).adaptive(adaptive).queue(100).wait(3600 * SECOND);
        let bulkhead: &'static Bulkhead = Box::leak(Box::new(Bulkhead::new("simulated", config)));
        let backend = Rc::new(Backend {
            knee: Cell::new(20),
            base: Cell::new(Duration::from_millis(100)),
            inside: Cell::new(0),
        });
        for _ in 0..100 {
            let backend = Rc::clone(&backend);
            tokio::task::spawn_local(async move {
                loop {
                    let slot = bulkhead.enter(0).await.expect("waits for an hour");
                    backend.call().await;
                    slot.success();
                }
            });
        }
        Self { bulkhead, backend }
    }

    /// The lowest, the mean and the highest limit of the next fifteen seconds.
    async fn limits(&self) -> (u32, f64, u32) {
        let mut limits = Vec::new();
        for _ in 0..300 {
            sleep_until(Tick::now().after(Duration::from_millis(50))).await;
            limits.push(self.bulkhead.limit());
        }
        let mean = limits.iter().copied().map(f64::from).sum::<f64>() / 300.0;
        (limits.iter().copied().fold(u32::MAX, u32::min), mean, limits.iter().copied().fold(0, u32::max))
    }

    /// Gives the limit time to settle after the dependency has changed.
    async fn settle(&self, seconds: u32, knee: u32, base: Duration) {
        self.backend.knee.set(knee);
        self.backend.base.set(base);
        sleep_until(Tick::now().after(seconds * SECOND)).await;
    }
}

fn simulate(start: u32, adaptive: Adaptive, story: impl AsyncFnOnce(World)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    rng::seed(1);
    runtime
        .expect("a runtime")
        .block_on(LocalSet::new().run_until(async { story(World::new(start, adaptive)).await }));
}

const BASE: Duration = Duration::from_millis(100);

/// Asserts that the limit stays between these shares of the knee, and its mean between the inner ones.
#[track_caller]
fn assert_near(knee: u32, limits: (u32, f64, u32), shares: [f64; 4]) {
    let (lowest, mean, highest) = limits;
    let [lower, low, high, higher] = shares.map(|share| share * f64::from(knee));
    let holds = f64::from(lowest) >= lower && f64::from(highest) <= higher && mean >= low && mean <= high;
    assert!(holds, "{limits:?} for a knee of {knee}");
}

/// Latency 1.5 times as long is overload. The slowest calls take that long at 1.25 times the knee, the usual ones
/// at 1.5 times: there it turns, and a tenth below.
const AIMD: [f64; 4] = [0.9, 1.1, 1.3, 1.5];

#[test]
fn aimd_settles_near_the_knee_and_follows_it() {
    for start in [1, 100] {
        let adaptive = Adaptive::aimd().latency(BASE * 3 / 2).max(200);
        simulate(start, adaptive, async |world| {
            for knee in [20, 40, 10] {
                // An increase by one a round takes a while from one knee to the next.
                world.settle(10, knee, BASE).await;
                assert_near(knee, world.limits().await, AIMD);
            }
        });
    }
}

/// Latency 1.25 times as long is tolerated, and the step by which that is exceeded is the square root of the limit.
/// Half of the knee is seen for the round in which the latency without load is measured.
const GRADIENT: [f64; 4] = [0.5, 1.15, 1.45, 1.7];

#[test]
fn a_gradient_settles_near_the_knee_and_follows_it() {
    for start in [1, 100] {
        simulate(start, Adaptive::gradient().max(200), async |world| {
            for knee in [20, 40, 10] {
                world.settle(20, knee, BASE).await;
                assert_near(knee, world.limits().await, GRADIENT);
            }
        });
    }
}

#[test]
fn a_gradient_gets_used_to_another_latency() {
    simulate(20, Adaptive::gradient().max(200), async |world| {
        for base in [BASE, BASE * 3, BASE / 2] {
            // By the next measurement and the calls that it takes.
            world.settle(60, 20, base).await;
            assert_near(20, world.limits().await, GRADIENT);
        }
    });
}
