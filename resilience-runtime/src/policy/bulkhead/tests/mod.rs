//! What the tests of this room share: calls polled by hand, and a look at the refusals that were told.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;

use super::{Bulkhead, BulkheadConfig, Enter, Slot};
use crate::event::{Event, ear};
use crate::outcome::Rejected;

mod adaptive;
mod check;
mod limit;
mod model;
mod panics;
mod queue;
mod registry;
mod simulation;
mod threads;

const SECOND: Duration = Duration::from_secs(1);

/// How long the calls waited that the bulkhead of that name has refused so far.
fn refused(name: &str) -> Vec<Duration> {
    let is_named =
        |event: &Event| matches!(event, Event::BulkheadRejected { bulkhead, .. } if *bulkhead == name);
    let waited = |event| match event {
        Event::BulkheadRejected { waited, .. } => waited,
        other => panic!("asked for refusals, not for {other:?}"),
    };
    ear::heard(is_named).into_iter().map(waited).collect()
}

/// A call that wants to enter, polled by hand.
struct Call<'b> {
    enter: Enter<'b>,
    flag: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'b> Call<'b> {
    fn new(bulkhead: &'b Bulkhead, priority: i32) -> Self {
        Self { enter: bulkhead.enter(priority), flag: Arc::default() }
    }

    /// One that is in the queue.
    fn queued(bulkhead: &'b Bulkhead, priority: i32) -> Self {
        let mut call = Self::new(bulkhead, priority);
        assert!(call.poll().is_pending());
        call
    }

    fn poll(&mut self) -> Poll<Result<Slot<'b>, Rejected>> {
        self.flag.0.store(false, Ordering::Relaxed);
        let waker = Arc::clone(&self.flag).into();
        Future::poll(Pin::new(&mut self.enter), &mut Context::from_waker(&waker))
    }

    fn is_woken(&self) -> bool {
        self.flag.0.load(Ordering::Relaxed)
    }

    /// The slot of a call that was woken for it.
    fn slot(mut self) -> Slot<'b> {
        assert!(self.is_woken());
        match self.poll() {
            Poll::Ready(Ok(slot)) => slot,
            other => panic!("no slot but {other:?}"),
        }
    }
}

async fn pass(duration: Duration) {
    tokio::time::advance(duration).await;
}

/// Calls inside and calls that wait.
fn counts(bulkhead: &Bulkhead) -> (u32, u32) {
    (bulkhead.in_flight(), bulkhead.queued())
}

/// A limit of one and a queue of ten.
const ONE: BulkheadConfig = BulkheadConfig::new(1).queue(10).wait(SECOND);
