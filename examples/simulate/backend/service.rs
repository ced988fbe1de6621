//! A service that answers requests, and the ways in which it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resilience_runtime::{Classify, Rejected};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::backend::Meter;
use crate::chance::Chance;

/// How long a healthy answer takes in milliseconds: mean and standard deviation.
const ANSWER: (f64, f64) = (20.0, 4.0);

/// How long a refusal takes.
const REFUSAL: Duration = Duration::from_millis(2);

/// How finely requests and answers are counted.
const SLICE: Duration = Duration::from_millis(100);

/// Why a call failed.
#[derive(Debug, thiserror::Error, Classify)]
pub(crate) enum Failure {
    #[error("the service failed")]
    #[transient]
    Internal,
    #[error("the service is down")]
    #[transient]
    Down,
    #[error("the service has too much to do")]
    #[transient]
    Busy,
    #[error(transparent)]
    #[classify(transparent)]
    Rejected(#[from] Rejected),
}

/// A part of a run, since its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Period {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
}

impl Period {
    pub(crate) const fn seconds(from: u64, to: u64) -> Self {
        Self { from: Duration::from_secs(from), to: Duration::from_secs(to) }
    }

    pub(crate) fn has(self, at: Duration) -> bool {
        self.from <= at && at < self.to
    }
}

/// What is wrong with a service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Model {
    /// A request fails with this probability.
    Steady { failing: f64 },
    /// Refuses everything for a time. At all other times it works on so many requests at once, and refuses more.
    Outage { down: Period, places: usize },
    /// Answers nothing for a time: who asks waits until he gives up.
    Hanging { down: Period },
    /// A share of the answers takes very long.
    Tail { share: f64, shortest: Duration, longest: Duration },
    /// Works on so many requests at once while all others wait, and takes so many times as long for a time.
    /// It does not notice when nobody waits for an answer any more.
    Queue { workers: usize, slow: Period, times: u32 },
}

/// A service and what it saw.
#[derive(Debug)]
pub(crate) struct Service {
    model: Model,
    chance: Chance,
    start: Instant,
    at_work: AtomicUsize,
    workers: Arc<Semaphore>,
    pub(crate) requests: Meter,
    /// Requests while it was down.
    pub(crate) in_vain: Meter,
    /// Calls that were answered, as their callers see it.
    pub(crate) answers: Meter,
}

impl Service {
    /// A service whose time starts now.
    pub(crate) fn start(model: Model, seed: u64) -> Arc<Self> {
        let workers = if let Model::Queue { workers, .. } = model { workers } else { 0 };
        Arc::new(Self {
            model,
            chance: Chance::seeded(seed),
            start: Instant::now(),
            at_work: AtomicUsize::new(0),
            workers: Arc::new(Semaphore::new(workers)),
            requests: Meter::new(SLICE),
            in_vain: Meter::new(SLICE),
            answers: Meter::new(SLICE),
        })
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub(crate) fn requests_made(&self) -> f64 {
        self.requests.total()
    }

    /// Requests while it was down.
    pub(crate) fn requests_in_vain(&self) -> f64 {
        self.in_vain.total()
    }

    /// One request.
    pub(crate) async fn request(&self) -> Result<(), Failure> {
        let now = self.now();
        self.requests.count(now);
        let (mean, deviation) = ANSWER;
        let answer = self.chance.normal_time(mean, deviation);
        match self.model {
            Model::Steady { failing } => {
                tokio::time::sleep(answer).await;
                if self.chance.happens(failing) { Err(Failure::Internal) } else { Ok(()) }
            }
            Model::Outage { down, .. } if down.has(now) => {
                self.in_vain.count(now);
                tokio::time::sleep(REFUSAL).await;
                Err(Failure::Down)
            }
            Model::Outage { places, .. } => {
                let place = Place::at(&self.at_work);
                if place.number > places {
                    drop(place);
                    tokio::time::sleep(REFUSAL).await;
                    return Err(Failure::Busy);
                }
                tokio::time::sleep(answer).await;
                Ok(())
            }
            Model::Hanging { down } if down.has(now) => {
                self.in_vain.count(now);
                std::future::pending().await
            }
            Model::Hanging { .. } => {
                tokio::time::sleep(answer).await;
                Ok(())
            }
            Model::Tail { share, shortest, longest } => {
                let slow = self.chance.happens(share);
                let answer = if slow { self.chance.time_between(shortest, longest) } else { answer };
                tokio::time::sleep(answer).await;
                Ok(())
            }
            Model::Queue { slow, times, .. } => {
                let (workers, start) = (Arc::clone(&self.workers), self.start);
                // A task of its own: the work goes on when the caller has gone.
                let work = tokio::spawn(async move {
                    let _worker = workers.acquire().await;
                    let answer = if slow.has(start.elapsed()) { answer * times } else { answer };
                    tokio::time::sleep(answer).await;
                });
                work.await.map_err(|_| Failure::Internal)
            }
        }
    }
}

/// A request that is worked on.
struct Place<'a> {
    at_work: &'a AtomicUsize,
    number: usize,
}

impl<'a> Place<'a> {
    fn at(at_work: &'a AtomicUsize) -> Self {
        Self { at_work, number: at_work.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}
