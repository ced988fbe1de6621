//! The parts of a call in the order they began, and what many of them come to.

use core::time::Duration;

use super::call::{Attempt, Call, Fallback, Queue, RecordedEvent, Wait};

/// Part of a call or an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'call> {
    Wait(&'call Wait),
    Queue(&'call Queue),
    Attempt(&'call Attempt),
    Call(&'call Call),
    Fallback(&'call Fallback),
    Event(&'call RecordedEvent),
}

impl Step<'_> {
    /// Sorts steps as they began. A wait that only its attempt tells of has the attempt's number.
    pub(crate) const fn order(&self) -> (u64, u8) {
        match self {
            Self::Wait(wait) => (wait.order, 0),
            Self::Queue(queue) => (queue.order, 1),
            Self::Attempt(attempt) => (attempt.order, 1),
            Self::Call(call) => (call.order, 1),
            Self::Fallback(fallback) => (fallback.order, 1),
            Self::Event(event) => (event.order, 1),
        }
    }

    /// When it began and ended.
    pub(crate) const fn span(&self) -> (Duration, Duration) {
        let (at, duration) = match self {
            Self::Wait(wait) => (wait.at, wait.duration),
            Self::Queue(queue) => (queue.at, queue.duration),
            Self::Attempt(attempt) => (attempt.at, attempt.duration),
            Self::Call(call) => (call.at, call.duration),
            Self::Fallback(fallback) => (fallback.at, fallback.duration),
            Self::Event(event) => (event.at, Duration::ZERO),
        };
        (at, at.saturating_add(duration))
    }
}

/// What attempts that are drawn below each other are padded to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pad {
    pub(crate) number: usize,
    pub(crate) kind: usize,
    pub(crate) outcome: usize,
}

impl Pad {
    pub(crate) fn of(steps: &[Step<'_>]) -> Self {
        let mut pad = Self { number: 1, kind: 0, outcome: 0 };
        for step in steps {
            if let Step::Attempt(attempt) = step {
                pad.number = pad.number.max(attempt.number.to_string().len());
                pad.kind = pad.kind.max(attempt.kind.len());
                pad.outcome = pad.outcome.max(attempt.outcome.len());
            }
        }
        pad
    }
}

/// What the steps in the middle of a long list were.
pub(crate) fn summary(steps: &[Step<'_>]) -> String {
    let mut outcomes: Vec<(&str, usize)> = Vec::new();
    let (mut attempts, mut waits, mut queues, mut calls, mut events) = (0, 0, 0, 0, 0);
    for step in steps {
        match step {
            Step::Attempt(attempt) => {
                attempts += 1;
                match outcomes.iter_mut().find(|(outcome, _)| *outcome == attempt.outcome) {
                    Some((_, count)) => *count += 1,
                    None => outcomes.push((&attempt.outcome, 1)),
                }
            }
            Step::Wait(_) => waits += 1,
            Step::Queue(_) => queues += 1,
            Step::Call(_) => calls += 1,
            Step::Event(_) => events += 1,
            Step::Fallback(_) => {}
        }
    }
    let count = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let outcomes = outcomes.iter().map(|(outcome, count)| format!("{count}x {outcome}"));
    let outcomes = outcomes.collect::<Vec<_>>().join(", ");
    let attempts = count(attempts, "attempt").map(|attempts| format!("{attempts} ({outcomes})"));
    let [waits, queues] = [count(waits, "wait"), count(queues, "queue")];
    let parts = [attempts, waits, queues, count(calls, "call"), count(events, "event")];
    format!("… {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
