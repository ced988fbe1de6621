//! The work: every call is made twice at the same moment, plain and through the attribute.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::client::Orders;
use crate::page::{Page, Paint, bar, paint_of, print, share};
use crate::service::{Fault, Phase, SCHEDULE};

/// Fifty times a second an order is read, and every other time offers.
const TICK: Duration = Duration::from_millis(20);
/// How often all other tasks have their turn before the next calls: about as often as a call needs.
const TURNS: u32 = 10;
/// By how much a phase is prolonged, as often as it has not shown what it is there for.
const MORE: Duration = Duration::from_millis(100);
/// By how much at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Order,
    Offers,
}

impl Function {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Offers => "offers",
        }
    }
}

/// How it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Plain,
    Resilient,
}

impl Way {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Resilient => "resilient",
        }
    }
}

/// One call, as its caller saw it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) function: Function,
    pub(crate) way: Way,
    /// When it began.
    pub(crate) at: Duration,
    pub(crate) took: Duration,
    pub(crate) answered: bool,
}

/// A phase, as long as it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) begin: Duration,
    pub(crate) end: Duration,
    pub(crate) phase: &'static Phase,
}

/// Calls the service through the whole schedule, and tells how each phase goes. A phase lasts until `has_shown` its fault.
pub(crate) async fn run(
    page: Page,
    orders: Arc<Orders>,
    start: Instant,
    fault: watch::Sender<Fault>,
    has_shown: impl Fn(Fault) -> bool,
) -> io::Result<(Vec<Span>, Vec<Sample>)> {
    let mut ticks = interval_at(start, TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut calls = JoinSet::new();
    let (mut spans, mut samples) = (Vec::new(), Vec::new());
    let mut number = 0;
    for phase in &SCHEDULE {
        fault.send_replace(phase.fault);
        let begin = start.elapsed();
        let mut end = begin + phase.lasts;
        let latest = end + PATIENCE;
        let paint = if phase.fault == Fault::Nothing { Paint::Faint } else { Paint::Strong };
        let begins = format!("{:>5.1}s", begin.as_secs_f64());
        let name = page.paint(paint, &format!("{:<8}", phase.name));
        print(&format!("{} {name} {:<43}", page.paint(Paint::Faint, &begins), phase.what))?;
        let ended_before = samples.len();
        while start.elapsed() < end {
            ticks.tick().await;
            // Where the machine has other things to do there are fewer calls: those under way get on first.
            for _ in 0..TURNS {
                yield_now().await;
            }
            number += 1;
            for way in [Way::Plain, Way::Resilient] {
                calls.spawn(call(Arc::clone(&orders), Function::Order, way, number, start));
                if number % 2 == 0 {
                    calls.spawn(call(Arc::clone(&orders), Function::Offers, way, number, start));
                }
            }
            while let Some(sample) = calls.try_join_next() {
                samples.push(sample?);
            }
            if start.elapsed() >= end && end < latest && !has_shown(phase.fault) {
                end = start.elapsed() + MORE;
            }
        }
        spans.push(Span { begin, end: start.elapsed(), phase });
        let ended = &samples[ended_before..];
        print(&format!(
            "{}  {}\n",
            score(page, ended, Way::Plain),
            score(page, ended, Way::Resilient).trim_end()
        ))?;
    }
    while let Some(sample) = calls.join_next().await {
        samples.push(sample?);
    }
    Ok((spans, samples))
}

/// The calls of a function made in one way.
pub(crate) fn of(samples: &[Sample], function: Function, way: Way) -> Vec<Sample> {
    samples.iter().filter(|sample| (sample.function, sample.way) == (function, way)).copied().collect()
}

/// How many were answered.
pub(crate) fn answered(samples: &[Sample]) -> usize {
    samples.iter().filter(|sample| sample.answered).count()
}

/// How many of the calls that ended were answered.
fn score(page: Page, ended: &[Sample], way: Way) -> String {
    let (orders, offers) = (of(ended, Function::Order, way), of(ended, Function::Offers, way));
    let (answered, calls) = (answered(&orders) + answered(&offers), orders.len() + offers.len());
    let paint = paint_of(share(answered, calls).unwrap_or(1.0));
    let count = page.paint(paint, &format!("{answered:>3} of {calls:<3}"));
    format!("{} {count}", bar(page, answered, calls, 8))
}

async fn call(orders: Arc<Orders>, function: Function, way: Way, number: u64, start: Instant) -> Sample {
    let at = start.elapsed();
    let answered = match (function, way) {
        (Function::Order, Way::Plain) => orders.plain_order(number).await.is_ok(),
        (Function::Order, Way::Resilient) => orders.order(number).await.is_ok(),
        (Function::Offers, Way::Plain) => orders.plain_offers(number).await.is_ok(),
        (Function::Offers, Way::Resilient) => orders.offers(number).await.is_ok(),
    };
    Sample { function, way, at, took: start.elapsed().saturating_sub(at), answered }
}
