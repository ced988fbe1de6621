//! The functions of the storm, each with what its annotation promises.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::{
    Adaptive, Breaker, Bulkhead, BulkheadConfig, Rate, RateLimitConfig, RateLimiter, resilient,
};
use resilience_tests::{Answer, ms};

use super::world::Call;

/// What an annotation promises, in numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Promise {
    pub(super) name: &'static str,
    pub(super) call: fn(Arc<Call>) -> Called,
    /// The breaker's name.
    pub(super) breaker: Option<&'static str>,
    pub(super) room: Option<Room>,
    pub(super) rate: Option<Rated>,
    /// How many bodies a call runs.
    pub(super) executions: usize,
    pub(super) timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
}

/// A bulkhead, and how many bodies run in it at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) name: &'static str,
    pub(super) max: u32,
    pub(super) queue: u32,
    pub(super) wait: Duration,
    pub(super) is_adaptive: bool,
}

/// The rate that bodies keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rated {
    pub(super) name: &'static str,
    pub(super) burst: u32,
    /// From one token to the next.
    pub(super) interval: Duration,
    /// For each key.
    pub(super) keyed: bool,
    pub(super) wait: Duration,
    /// How much later than it is admitted a body may begin: what it waits for behind the rate limit.
    pub(super) later: Duration,
}

/// A call of one of the functions, whatever its future is.
pub(super) type Called = Pin<Box<dyn Future<Output = Answer> + Send>>;

macro_rules! called {
    ($function:ident) => {
        |call| Box::pin(async move { $function(&call).await })
    };
}

#[resilient(
    retry = "fixed",
    max = 3,
    base = "5ms",
    timeout = "50ms",
    bulkhead("storm_plain", max = 3),
    breaker("storm_plain", consecutive = 3, open_for = "200ms", probes = 2, probe_timeout = "1h")
)]
async fn plain(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    retry = "exp_jitter", max = 4, base = "10ms", timeout = "40ms", deadline = "700ms",
    rate_limit("storm_queued", rate = "20/s", burst = 5, wait = "300ms"),
    bulkhead("storm_queued", max = 2, queue = 3, wait = "100ms", priority = call.key()),
)]
async fn queued(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    hedge = "10ms",
    idempotent,
    retry = "linear",
    max = 2,
    base = "5ms",
    timeout = "60ms",
    deadline = "300ms",
    bulkhead("storm_hedged", max = 4, queue = 1, wait = "30ms"),
    breaker("storm_hedged", failure_rate = "50%", window = 8, min_calls = 4, open_for = "100ms", probes = 1)
)]
async fn hedged(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    coalesce(key = call.key()), retry = "exp", max = 2, base = "10ms", deadline = "400ms",
    rate_limit("storm_shared", rate = "50/s", burst = 3), bulkhead("storm_shared", max = 2),
    breaker("storm_shared", failures = 4, window = "1s", open_for = "150ms"),
)]
async fn shared(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    throttle("storm_shed", k = 2.0),
    budget("storm_shed", floor = 5),
    retry = "fixed",
    max = 4,
    base = "1ms",
    bulkhead("storm_shed", max = 4, adaptive = "aimd"),
    timeout = "80ms"
)]
async fn shed(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    rate_limit("storm_keyed", rate = "10/s", burst = 2, wait = "50ms", key = call.key()),
    retry = "fixed", max = 3, base = "30ms", deadline = "500ms",
)]
async fn keyed(call: &Call) -> Answer {
    call.run().await
}

#[resilient(
    timeout = "50ms", bulkhead("storm_all", max = 3, queue = 2, wait = "20ms"),
    rate_limit("storm_all", rate = "100/s", burst = 10, wait = "40ms"),
    breaker("storm_all", consecutive = 4, open_for = "100ms"), throttle("storm_all", k = 4.0), hedge = "20ms",
    idempotent, retry = "exp_jitter", max = 3, base = "10ms", budget("storm_all", floor = 10), coalesce,
    deadline = "600ms", cache("50ms", key = call.key(), stale_if_error = "100ms", name = "storm_all"),
    fallback = |_, error| if call.key() == 0 { Ok(0) } else { Err(error) },
)]
async fn all(call: &Call) -> Answer {
    call.run().await
}

pub(super) const ALL: [Promise; 7] = [
    Promise {
        name: "plain",
        call: called!(plain),
        breaker: Some("storm_plain"),
        room: Some(Room { name: "storm_plain", max: 3, queue: 0, wait: ms(0), is_adaptive: false }),
        rate: None,
        executions: 3,
        timeout: Some(ms(50)),
        deadline: None,
    },
    Promise {
        name: "queued",
        call: called!(queued),
        breaker: None,
        room: Some(Room { name: "storm_queued", max: 2, queue: 3, wait: ms(100), is_adaptive: false }),
        rate: Some(Rated {
            name: "storm_queued",
            burst: 5,
            interval: ms(50),
            wait: ms(300),
            keyed: false,
            later: ms(100),
        }),
        executions: 4,
        timeout: Some(ms(40)),
        deadline: Some(ms(700)),
    },
    Promise {
        name: "hedged",
        call: called!(hedged),
        breaker: Some("storm_hedged"),
        room: Some(Room { name: "storm_hedged", max: 4, queue: 1, wait: ms(30), is_adaptive: false }),
        rate: None,
        executions: 4,
        timeout: Some(ms(60)),
        deadline: Some(ms(300)),
    },
    Promise {
        name: "shared",
        call: called!(shared),
        breaker: Some("storm_shared"),
        room: Some(Room { name: "storm_shared", max: 2, queue: 0, wait: ms(0), is_adaptive: false }),
        rate: Some(Rated {
            name: "storm_shared",
            burst: 3,
            interval: ms(20),
            wait: ms(0),
            keyed: false,
            later: ms(0),
        }),
        executions: 2,
        timeout: None,
        deadline: Some(ms(400)),
    },
    Promise {
        name: "shed",
        call: called!(shed),
        breaker: None,
        room: Some(Room { name: "storm_shed", max: 4, queue: 0, wait: ms(0), is_adaptive: true }),
        rate: None,
        executions: 4,
        timeout: Some(ms(80)),
        deadline: None,
    },
    Promise {
        name: "keyed",
        call: called!(keyed),
        breaker: None,
        room: None,
        rate: Some(Rated {
            name: "storm_keyed",
            burst: 2,
            interval: ms(100),
            wait: ms(50),
            keyed: true,
            later: ms(0),
        }),
        executions: 3,
        timeout: None,
        deadline: Some(ms(500)),
    },
    Promise {
        name: "all",
        call: called!(all),
        breaker: Some("storm_all"),
        room: Some(Room { name: "storm_all", max: 3, queue: 2, wait: ms(20), is_adaptive: false }),
        rate: Some(Rated {
            name: "storm_all",
            burst: 10,
            interval: ms(10),
            wait: ms(40),
            keyed: false,
            later: ms(20),
        }),
        executions: 6,
        timeout: Some(ms(50)),
        deadline: Some(ms(600)),
    },
];

/// What an operator does to what a function has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Trip,
    Reset,
    /// Half of the bulkhead and of the rate limit.
    Halve,
    Restore,
}

impl Promise {
    pub(super) fn breaker(&self) -> Option<&'static Breaker> {
        self.breaker.and_then(Breaker::named)
    }

    pub(super) fn bulkhead(&self) -> Option<&'static Bulkhead> {
        self.room.and_then(|room| Bulkhead::named(room.name))
    }

    pub(super) fn limiter(&self) -> Option<&'static RateLimiter> {
        self.rate.and_then(|rate| RateLimiter::named(rate.name))
    }

    pub(super) fn suffer(&self, deed: Deed) {
        match deed {
            Deed::Trip => self.breaker().map_or((), Breaker::trip),
            Deed::Reset => self.breaker().map_or((), Breaker::reset),
            Deed::Halve => self.resize(2),
            Deed::Restore => self.resize(1),
        }
    }

    fn resize(&self, by: u32) {
        if let Some((bulkhead, room)) = self.bulkhead().zip(self.room) {
            let config = BulkheadConfig::new(room.max / by).queue(room.queue).wait(room.wait);
            bulkhead
                .reconfigure(if room.is_adaptive { config.adaptive(Adaptive::aimd()) } else { config })
                .expect("it makes sense");
        }
        if let Some((limiter, rate)) = self.limiter().zip(self.rate) {
            let pace = Rate::new(1, rate.interval * by);
            limiter
                .reconfigure(RateLimitConfig::new(pace).burst(rate.burst / by).wait(rate.wait))
                .expect("it makes sense");
        }
    }
}
