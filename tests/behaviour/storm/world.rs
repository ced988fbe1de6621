//! What is planned, and what came of it.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use resilience_runtime::{Breaker, State};
use resilience_tests::{Answer, Failure, ms, pass};
use tokio::time::Instant;

/// How one execution of a body ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Success,
    Transient,
    Permanent,
    Ignored,
    Throttled,
    Panic,
    /// It does not, before anyone has waited long enough.
    Never,
}

/// A call as it is planned.
#[derive(Clone)]
pub(super) struct Plan {
    /// One of the functions.
    pub(super) function: usize,
    /// When it is made, in milliseconds.
    pub(super) begins: u64,
    /// Whom it is for.
    pub(super) key: u16,
    /// Its executions: how many milliseconds each takes, and how it ends. The last one goes on for ever.
    pub(super) executions: Vec<(u64, End)>,
    /// After how many milliseconds its future is dropped, if it is.
    pub(super) dropped: Option<u64>,
}

impl fmt::Debug for Plan {
    /// On one line, whatever is asked for: storms are long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, begins, key, executions, dropped } = self;
        write!(f, "{function} at {begins} for {key}: {executions:?}")?;
        dropped.map_or(Ok(()), |after| write!(f, ", dropped after {after}"))
    }
}

/// A call that is made.
#[derive(Debug)]
pub(super) struct Call {
    plan: Plan,
    breaker: Option<&'static str>,
    executed: Mutex<usize>,
    world: Arc<World>,
}

/// What has happened to the calls of one function.
#[derive(Clone, Debug, Default)]
pub(super) struct Happened {
    /// When bodies began, and for whom.
    pub(super) begun: Vec<(Instant, u16)>,
    /// The longest that one was under way.
    pub(super) longest: Duration,
    pub(super) under_way: u32,
    pub(super) most_at_once: u32,
    /// Bodies that began while the breaker was open.
    pub(super) behind_open: u32,
    /// How many calls were begun.
    pub(super) calls: usize,
    pub(super) made: Vec<Made>,
}

/// A call that was neither dropped together with another that panicked nor panicked itself.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// None of one that was dropped.
    pub(super) answer: Option<Answer>,
    pub(super) took: Duration,
    pub(super) executed: usize,
}

/// What has happened to the calls of all functions.
#[derive(Debug)]
pub(super) struct World(Mutex<Vec<Happened>>);

/// One body under way.
struct Body<'a> {
    call: &'a Call,
    since: Instant,
}

#[expect(clippy::disallowed_methods, reason = "the clock is paused, and is what the promises are about")]
pub(super) fn now() -> Instant {
    Instant::now()
}

impl World {
    pub(super) fn of(functions: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(vec![Happened::default(); functions])))
    }

    pub(super) fn happened(&self, function: usize) -> Happened {
        self.lock()[function].clone()
    }

    pub(super) fn made(&self, function: usize, made: Made) {
        self.with(function, |happened| happened.made.push(made));
    }

    pub(super) fn calls(&self) -> usize {
        self.lock().iter().map(|happened| happened.calls).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Happened>> {
        self.0.lock().expect("nothing panics with the lock held")
    }

    fn with<T>(&self, function: usize, look: impl FnOnce(&mut Happened) -> T) -> T {
        look(&mut self.lock()[function])
    }
}

impl Call {
    pub(super) fn new(plan: Plan, breaker: Option<&'static str>, world: &Arc<World>) -> Self {
        world.with(plan.function, |happened| happened.calls += 1);
        Self { plan, breaker, executed: Mutex::new(0), world: Arc::clone(world) }
    }

    pub(super) fn key(&self) -> u16 {
        self.plan.key
    }

    pub(super) fn executed(&self) -> usize {
        *self.executed.lock().expect("nothing panics with the lock held")
    }

    /// The body of all functions.
    pub(super) async fn run(&self) -> Answer {
        let execution = {
            let mut executed = self.executed.lock().expect("nothing panics with the lock held");
            *executed += 1;
            *executed
        };
        let _body = Body::enter(self);
        let planned = &self.plan.executions;
        let (takes, end) = planned[(execution - 1).min(planned.len() - 1)];
        if takes > 0 {
            pass(ms(takes)).await;
        }
        let number = u32::try_from(execution).expect("so many are not made");
        match end {
            End::Success => Ok(number),
            End::Transient => Err(Failure::Transient(number)),
            End::Permanent => Err(Failure::Permanent(number)),
            End::Ignored => Err(Failure::Ignored(number)),
            End::Throttled => Err(Failure::Throttled(Some(ms(20)))),
            // Without a word from the panic hook.
            End::Panic => resume_unwind(Box::new("planned")),
            End::Never => std::future::pending().await,
        }
    }
}

impl<'a> Body<'a> {
    fn enter(call: &'a Call) -> Self {
        let since = now();
        let is_open = call.breaker.is_some_and(|name| {
            Breaker::named(name).expect("a function that names it was called").state() == State::Open
        });
        call.world.with(call.plan.function, |happened| {
            happened.begun.push((since, call.plan.key));
            happened.under_way += 1;
            happened.most_at_once = happened.most_at_once.max(happened.under_way);
            happened.behind_open += u32::from(is_open);
        });
        Self { call, since }
    }
}

impl Drop for Body<'_> {
    fn drop(&mut self) {
        let took = self.since.elapsed();
        self.call.world.with(self.call.plan.function, |happened| {
            happened.under_way -= 1;
            happened.longest = happened.longest.max(took);
        });
    }
}
