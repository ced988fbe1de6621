//! A storm of retries: a short slowness that retries turn into a lasting one, and what ends it.

use std::io;
use std::time::Duration;

use crate::backend::{Model, Period, Service};
use crate::chart::{Axis, Figure, Panel, Scale, Series};
use crate::clients::load::Load;
use crate::clients::storm::WAYS;
use crate::figures::{Spread, real};
use crate::page::{Section, Table, share};
use crate::scenario::Plan;
use crate::world::{begin, in_virtual_time};

const SLOW: Period = Period::seconds(5, 7);
const MODEL: Model = Model::Queue { workers: 10, slow: SLOW, times: 5 };

/// Seven tenths of what the service can do.
const LOAD: Load = Load {
    together: 7,
    every: Duration::from_millis(20),
    scattered: Duration::from_millis(20),
    lasting: Duration::from_secs(30),
};

/// Long after the service is as fast as before.
const AFTERWARDS: Period = Period::seconds(20, 30);

/// What a way to call came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    /// Requests to the service for each call.
    pub(crate) requests: Spread,
    /// The share of all calls that were answered.
    pub(crate) success: Spread,
    /// The share of those long afterwards.
    pub(crate) afterwards: Spread,
    /// Requests and answered calls over time, in the first run.
    lines: [Vec<(f64, f64)>; 2],
}

pub(crate) fn measure(plan: Plan) -> io::Result<Vec<Outcome>> {
    in_virtual_time(async {
        let mut outcomes = Vec::new();
        for way in WAYS {
            let [mut requests, mut success, mut afterwards] = [const { Vec::new() }; 3];
            let mut lines = [const { Vec::new() }; 2];
            for run in 0..plan.runs {
                let seed = plan.seed_of(run);
                begin(seed).await;
                let service = Service::start(MODEL, seed);
                let samples = LOAD.drive(way, &service, seed).await?;
                requests.push(service.requests_made() / real(samples.len()));
                success.push(samples.success());
                afterwards.push(samples.success_in(AFTERWARDS));
                if run == 0 {
                    lines = [&service.requests, &service.answers].map(|meter| meter.rates(LOAD.lasting));
                }
            }
            let [requests, success, afterwards] =
                [requests, success, afterwards].map(|values| Spread::of(&values));
            outcomes.push(Outcome { name: way.name, requests, success, afterwards, lines });
        }
        Ok(outcomes)
    })?
}

pub(crate) fn play(plan: Plan) -> io::Result<Section> {
    let outcomes = measure(plan)?;
    let mut section = Section::new(
        "A storm of retries",
        "350 calls a second to a service that can do 500: ten workers, 20 ms for each request, and a queue that does \
         not notice who has given up. For 2 s, each request takes five times as long. Every call has `timeout = \
         \"200ms\"`; the retry is `exp_jitter`, `base = \"50ms\"`, `max = 4`. Backoff and jitter spread the retries, \
         but do not make them fewer: with 350 calls a second of up to four attempts the queue never empties, and all \
         that is done in it is for callers that have gone. *Afterwards* is from 13 s to 23 s after the slowness.",
    );
    let mut table = Table::new(&["", "requests per call", "answered, %", "answered afterwards, %"]);
    for Outcome { name, requests, success, afterwards, .. } in &outcomes {
        table.row([
            (*name).to_owned(),
            format!("{requests:.2}"),
            format!("{:.1}", share(*success)),
            format!("{:.1}", share(*afterwards)),
        ]);
    }
    section.table(&table);
    section.text(
        "A budget ends the storm, later than no retry at all would: it allows a tenth more until the queue is empty. A \
         breaker stops the calls at once, and the queue with them.",
    );
    section.picture("storm", &draw(&outcomes));
    Ok(section)
}

fn draw(outcomes: &[Outcome]) -> Figure {
    let panel = |title, label, line: usize| Panel {
        title,
        x: Axis { label: "seconds", scale: Scale::Linear },
        y: Axis { label, scale: Scale::Linear },
        series: outcomes
            .iter()
            .map(|outcome| Series {
                name: outcome.name,
                points: smooth(&outcome.lines[line]),
                band: Vec::new(),
            })
            .collect(),
        shade: Some((SLOW.from.as_secs_f64(), SLOW.to.as_secs_f64(), "slow")),
    };
    Figure {
        title: "Two seconds of slowness, and a storm of retries that does not end",
        note: "one run: 350 calls a second to a service that can do 500".to_owned(),
        panels: vec![
            panel("requests to the service", "requests per second", 0),
            panel("calls that were answered", "answers per second", 1),
        ],
    }
}

/// Means over half a second: what is finer is noise.
fn smooth(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean = |values: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| {
        values.iter().map(of).sum::<f64>() / real(values.len())
    };
    points.chunks(5).map(|chunk| (mean(chunk, |point| point.0), mean(chunk, |point| point.1))).collect()
}
