//! The spans of one outermost call, and how they are read as a [`Call`].

use core::time::Duration;

use super::call::{Attempt, Call, Fallback, Queue, RecordedEvent, Wait, text};
use super::value::{Fields, Value};
use crate::telemetry::names;
use crate::time::Tick;

/// Which of the runtime's spans one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Attempt,
    Wait,
    Queue,
    Fallback,
}

impl Kind {
    /// The kind of the span with this name, if it is one of the runtime's.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            names::CALL => Some(Self::Call),
            names::ATTEMPT => Some(Self::Attempt),
            names::BACKOFF => Some(Self::Wait),
            names::ACQUIRE => Some(Self::Queue),
            names::FALLBACK => Some(Self::Fallback),
            _ => None,
        }
    }

    /// Whether a span of this kind is over: its outcome was recorded, which may be long before a task spawned
    /// in it lets the span itself end.
    pub(crate) fn is_over(self, fields: &Fields) -> bool {
        match self {
            Self::Call => fields.contains_key(names::OUTCOME),
            Self::Attempt => fields.contains_key(names::ATTEMPT_OUTCOME),
            Self::Wait | Self::Queue | Self::Fallback => false,
        }
    }
}

/// One outermost call with all below it. The first node is the call.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) events: usize,
    pub(crate) omitted: usize,
}

/// One span.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) depth: usize,
    pub(crate) order: u64,
    pub(crate) fields: Fields,
    pub(crate) began: Tick,
    pub(crate) ended: Option<Tick>,
    pub(crate) children: Vec<usize>,
    pub(crate) events: Vec<RecordedEvent>,
}

impl Tree {
    pub(crate) fn is_full(&self, limit: usize) -> bool {
        self.nodes.len() + self.events >= limit
    }

    /// The outermost call with all below it.
    pub(crate) fn read(&self, now: Tick) -> Call {
        let mut call = self.call(0, now);
        call.omitted = self.omitted;
        call
    }

    fn span(&self, node: &Node, now: Tick) -> (Duration, Duration) {
        (node.began.since(self.nodes[0].began), node.ended.unwrap_or(now).since(node.began))
    }

    fn children(&self, node: &Node, kind: Kind) -> impl Iterator<Item = usize> {
        node.children.iter().copied().filter(move |&child| self.nodes[child].kind == kind)
    }

    fn calls(&self, node: &Node, now: Tick) -> Vec<Call> {
        self.children(node, Kind::Call).map(|child| self.call(child, now)).collect()
    }

    fn call(&self, index: usize, now: Tick) -> Call {
        let node = &self.nodes[index];
        let (at, duration) = self.span(node, now);
        let attempts: Vec<_> =
            self.children(node, Kind::Attempt).map(|child| self.attempt(child, now)).collect();
        let mut waits: Vec<_> = self.children(node, Kind::Wait).map(|child| self.wait(child, now)).collect();
        if waits.is_empty() {
            waits = attempts.iter().filter_map(wait_before).collect();
        }
        let mut fallbacks: Vec<_> =
            self.children(node, Kind::Fallback).map(|child| self.fallback(child, now)).collect();
        Call {
            operation: own(&node.fields, names::OPERATION)
                .or_else(|| own(&node.fields, names::SPAN_NAME))
                .unwrap_or_else(|| "(unnamed)".to_owned()),
            outcome: node.outcome(names::OUTCOME),
            attempts,
            waits,
            queues: self.children(node, Kind::Queue).map(|child| self.queue(child, now)).collect(),
            stop_reason: own(&node.fields, names::STOP_REASON),
            error_type: own(&node.fields, names::ERROR_TYPE),
            error: own(&node.fields, names::DESCRIPTION),
            fallback: fallbacks.pop(),
            failed_fallbacks: fallbacks,
            calls: self.calls(node, now),
            events: node.events.clone(),
            at,
            duration,
            fields: node.fields.clone(),
            omitted: 0,
            order: node.order,
        }
    }

    fn attempt(&self, index: usize, now: Tick) -> Attempt {
        let node = &self.nodes[index];
        let (at, duration) = self.span(node, now);
        Attempt {
            number: node.fields.get(names::ATTEMPT_NUMBER).and_then(Value::as_i64).unwrap_or(0),
            kind: own(&node.fields, names::ATTEMPT_KIND).unwrap_or_default(),
            outcome: node.outcome(names::ATTEMPT_OUTCOME),
            error_type: own(&node.fields, names::ERROR_TYPE),
            error: own(&node.fields, names::DESCRIPTION),
            delay: node.fields.get(names::DELAY).and_then(Value::as_duration),
            calls: self.calls(node, now),
            events: node.events.clone(),
            at,
            duration,
            fields: node.fields.clone(),
            order: node.order,
        }
    }

    fn wait(&self, index: usize, now: Tick) -> Wait {
        let node = &self.nodes[index];
        let (at, duration) = self.span(node, now);
        let delay = node.fields.get(names::DELAY).and_then(Value::as_duration);
        Wait {
            delay: delay.unwrap_or_default(),
            source: own(&node.fields, names::DELAY_SOURCE),
            at,
            duration,
            order: node.order,
        }
    }

    fn queue(&self, index: usize, now: Tick) -> Queue {
        let node = &self.nodes[index];
        let (at, duration) = self.span(node, now);
        // The one place where the span has the limit's name.
        let name = text(&node.fields, names::SPAN_NAME).and_then(|name| name.strip_prefix(names::ACQUIRE));
        Queue {
            kind: own(&node.fields, names::QUEUE_KIND).unwrap_or_default(),
            name: name.unwrap_or_default().trim_start().to_owned(),
            outcome: node.outcome(names::QUEUE_OUTCOME),
            at,
            duration,
            fields: node.fields.clone(),
            order: node.order,
        }
    }

    fn fallback(&self, index: usize, now: Tick) -> Fallback {
        let node = &self.nodes[index];
        let (at, duration) = self.span(node, now);
        Fallback {
            reason: own(&node.fields, names::FALLBACK_REASON).unwrap_or_default(),
            error_type: own(&node.fields, names::ERROR_TYPE),
            calls: self.calls(node, now),
            events: node.events.clone(),
            at,
            duration,
            fields: node.fields.clone(),
            order: node.order,
        }
    }
}

impl Node {
    fn outcome(&self, name: &str) -> String {
        let otherwise = if self.ended.is_some() { "unknown" } else { "running" };
        text(&self.fields, name).unwrap_or(otherwise).to_owned()
    }
}

/// The wait before `attempt`, where only the attempt's own span tells of it.
fn wait_before(attempt: &Attempt) -> Option<Wait> {
    let delay = attempt.delay.filter(|delay| !delay.is_zero())?;
    let at = attempt.at.saturating_sub(delay);
    // Drawn in front of its attempt: a stable sort keeps waits before attempts of the same order.
    Some(Wait { delay, source: None, at, duration: delay, order: attempt.order })
}

fn own(fields: &Fields, name: &str) -> Option<String> {
    text(fields, name).map(str::to_owned)
}
