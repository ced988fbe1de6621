//! The load: calls that come whether or not those before them have ended, as users do.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::backend::{Period, Service};
use crate::chance::Chance;
use crate::clients::Way;
use crate::figures::{millis, percentile, real};

/// When calls come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// So many at once ..
    pub(crate) together: u32,
    /// .. so often ..
    pub(crate) every: Duration,
    /// .. each late by up to so much ..
    pub(crate) scattered: Duration,
    /// .. for so long.
    pub(crate) lasting: Duration,
}

/// One call, as its caller sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// When it was made.
    pub(crate) at: Duration,
    pub(crate) took: Duration,
    pub(crate) answered: bool,
}

/// All calls of a run.
#[derive(Clone, Debug)]
pub(crate) struct Samples(pub(crate) Vec<Sample>);

impl Load {
    /// Makes the calls, and waits for the last of them to end.
    pub(crate) async fn drive(self, way: Way, service: &Arc<Service>, seed: u64) -> io::Result<Samples> {
        let (chance, start, mut calls) = (Chance::seeded(seed), Instant::now(), JoinSet::new());
        let mut due = Duration::ZERO;
        while due < self.lasting {
            for _ in 0..self.together {
                let at = due + chance.time_between(Duration::ZERO, self.scattered);
                let service = Arc::clone(service);
                calls.spawn(async move {
                    sleep_until(start + at).await;
                    let answered = (way.call)(Arc::clone(&service)).await.is_ok();
                    let ended = service.now();
                    if answered {
                        service.answers.count(ended);
                    }
                    Sample { at, took: ended.saturating_sub(at), answered }
                });
            }
            due += self.every;
            sleep_until(start + due).await;
        }
        let mut samples = Vec::with_capacity(calls.len());
        while let Some(sample) = calls.join_next().await {
            samples.push(sample?);
        }
        Ok(Samples(samples))
    }
}

impl Samples {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The share of calls that were answered.
    pub(crate) fn success(&self) -> f64 {
        self.success_where(|_| true)
    }

    /// The same, of those made in that period.
    pub(crate) fn success_in(&self, period: Period) -> f64 {
        self.success_where(|sample| period.has(sample.at))
    }

    /// The same, of some of them.
    pub(crate) fn success_where(&self, counts: impl Fn(&Sample) -> bool) -> f64 {
        let made = || self.0.iter().filter(|sample| counts(sample));
        real(made().filter(|sample| sample.answered).count()) / real(made().count().max(1))
    }

    /// A percentile of what calls took in milliseconds, those that failed included.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut times: Vec<_> = self.0.iter().map(|sample| sample.took).collect();
        times.sort_unstable();
        millis(percentile(&times, share))
    }
}
