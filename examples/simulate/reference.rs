//! The published model, without the runtime: its formulas for the waits and its race for the row, as a queue of
//! events on an exact clock. What the runtime does is measured against it.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::backend::NETWORK;
use crate::chance::Chance;

/// The published base and cap in milliseconds.
const BASE: f64 = 5.0;
const CAP: f64 = 2000.0;

/// A wait after a failed write, as published: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    /// 0
    None,
    /// min(cap, base * 2^n)
    Exponential,
    /// Uniform between 0 and the exponential wait.
    Full,
    /// Uniform between half of the exponential wait and all of it.
    Equal,
    /// min(cap, uniform between base and three times the wait before)
    Decorrelated,
}

/// How exactly the model is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// As published.
    Published,
    /// With what the runtime does otherwise: time in the whole milliseconds of tokio's timer, to which waits are
    /// rounded up, and of which the last one set ends first; and a decorrelated wait whose range is cut off at the cap
    /// before it is drawn.
    Runtime,
}

/// What one run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Race {
    /// Writes of all clients.
    pub(crate) calls: f64,
    /// When the last client knew that it had written, in milliseconds.
    pub(crate) time: f64,
}

impl Formula {
    /// The wait after the `failures`-th failure of a client, counted from 1.
    fn wait(self, failures: i32, before: &mut f64, rules: Rules, chance: &Chance) -> f64 {
        let exponential = CAP.min(BASE * 2.0_f64.powi(failures));
        let between = |low: f64, high: f64| low + chance.fraction() * (high - low);
        match self {
            Self::None => 0.0,
            Self::Exponential => exponential,
            Self::Full => between(0.0, exponential),
            Self::Equal => between(exponential / 2.0, exponential),
            Self::Decorrelated => {
                let highest = *before * 3.0;
                *before = match rules {
                    Rules::Published => CAP.min(between(BASE, highest)),
                    Rules::Runtime => between(BASE, CAP.min(highest)),
                };
                *before
            }
        }
    }

    /// Lets so many clients compete for a row.
    pub(crate) fn race(self, clients: usize, seed: u64, rules: Rules) -> Race {
        let chance = Chance::seeded(seed);
        let way = || match rules {
            Rules::Published => chance.normal(NETWORK.0, NETWORK.1),
            Rules::Runtime => chance.normal(NETWORK.0, NETWORK.1).round(),
        };
        let mut queue: BinaryHeap<_> = (0..clients)
            .map(|client| Reverse(Message { at: way(), number: client, client, kind: Kind::Read }))
            .collect();
        let mut number = clients;
        let mut waits = vec![(0, BASE); clients];
        let (mut version, mut calls, mut time) = (0_u64, 0.0, 0.0_f64);
        while let Some(Reverse(Message { at, client, kind, .. })) = queue.pop() {
            number += 1;
            match kind {
                Kind::Read => {
                    let at = at + way() + way();
                    queue.push(Reverse(Message { at, number, client, kind: Kind::Write(version) }));
                }
                Kind::Write(read) => {
                    calls += 1.0;
                    let told = at + way();
                    if read == version {
                        version += 1;
                        time = time.max(told);
                    } else {
                        let (failures, before) = &mut waits[client];
                        *failures += 1;
                        let wait = self.wait(*failures, before, rules, &chance);
                        let wait = if rules == Rules::Runtime { wait.ceil() } else { wait };
                        let at = told + wait + way();
                        queue.push(Reverse(Message { at, number, client, kind: Kind::Read }));
                    }
                }
            }
        }
        Race { calls, time }
    }
}

/// What arrives at the row.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Read,
    /// With the version that was read.
    Write(u64),
}

/// Ordered by time; of those at one time, which an exact clock hardly knows, the last one sent comes first.
#[derive(Clone, Copy, Debug)]
struct Message {
    at: f64,
    number: usize,
    client: usize,
    kind: Kind,
}

impl Ord for Message {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Message {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Message {}
