//! Waits between attempts, against errors that are steady and against an outage.

use std::io;
use std::time::Duration;

use crate::backend::{Model, Period, Service};
use crate::chart::{Axis, Figure, Panel, Scale, Series};
use crate::clients::Way;
use crate::clients::load::Load;
use crate::clients::retry::WAYS;
use crate::figures::{Spread, real};
use crate::page::{Section, Table, share};
use crate::scenario::Plan;
use crate::world::{begin, in_virtual_time};

const STEADY: Model = Model::Steady { failing: 0.2 };

/// From here to here nothing is answered, and afterwards no more than the usual load at once, and a half.
const DOWN: Period = Period::seconds(5, 7);
const OUTAGE: Model = Model::Outage { down: DOWN, places: 60 };

/// As from a scheduler: 400 calls a second, of which 40 come together.
const LOAD: Load = Load {
    together: 40,
    every: Duration::from_millis(100),
    scattered: Duration::ZERO,
    lasting: Duration::from_secs(15),
};

/// The seconds that the picture shows.
const SHOWN: std::ops::Range<f64> = 4.0..11.0;

/// What a way to call came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) steady: Figures,
    pub(crate) outage: Figures,
    /// Requests to the service with the outage and answered calls over time, in the first run.
    lines: Lines,
}

/// Requests and answers.
type Lines = [Vec<(f64, f64)>; 2];

/// Of all runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// The share of calls that were answered.
    pub(crate) success: Spread,
    /// In milliseconds, of all calls.
    pub(crate) p99: Spread,
    /// Requests to the service for each call.
    pub(crate) requests: Spread,
    /// The most requests in a tenth of a second, per second.
    pub(crate) peak: Spread,
}

pub(crate) fn measure(plan: Plan) -> io::Result<Vec<Outcome>> {
    in_virtual_time(async {
        let mut outcomes = Vec::new();
        for way in WAYS {
            let (steady, _) = figures(plan, way, STEADY).await?;
            let (outage, lines) = figures(plan, way, OUTAGE).await?;
            outcomes.push(Outcome { name: way.name, steady, outage, lines });
        }
        Ok(outcomes)
    })?
}

async fn figures(plan: Plan, way: Way, model: Model) -> io::Result<(Figures, Lines)> {
    let (mut success, mut p99, mut requests, mut peak) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut first = [const { Vec::new() }; 2];
    for run in 0..plan.runs {
        let seed = plan.seed_of(run);
        begin(seed).await;
        let service = Service::start(model, seed);
        let samples = LOAD.drive(way, &service, seed).await?;
        let rates = service.requests.rates(LOAD.lasting);
        success.push(samples.success());
        p99.push(samples.percentile(0.99));
        requests.push(service.requests_made() / real(samples.len()));
        peak.push(rates.iter().map(|rate| rate.1).fold(0.0, f64::max));
        if run == 0 {
            first = [rates, service.answers.rates(LOAD.lasting)];
        }
    }
    let [success, p99, requests, peak] = [success, p99, requests, peak].map(|values| Spread::of(&values));
    Ok((Figures { success, p99, requests, peak }, first))
}

pub(crate) fn play(plan: Plan) -> io::Result<Section> {
    let outcomes = measure(plan)?;
    let mut section = Section::new(
        "Waits between attempts",
        "400 calls a second for 15 s, 40 at a time. An answer takes 20 ms. The *steady* service fails one request in \
         five. The one with an *outage* is down for 2 s, and works on 60 requests at once before and after, refusing \
         what is more. `max = 6` and `base = \"100ms\"` throughout: fixed waits cover half a second, exponential ones \
         3.1 s, full jitter between nothing and that. p99 is of all calls, those that failed included; the peak is \
         in a tenth of a second.",
    );
    for (title, of) in [
        ("Steady errors:", (|outcome| outcome.steady) as fn(&Outcome) -> Figures),
        ("An outage of 2 s:", |outcome| outcome.outage),
    ] {
        section.text(title);
        let heads = ["", "answered, %", "p99, ms", "requests per call", "peak of requests per second"];
        let mut table = Table::new(&heads);
        for outcome in &outcomes {
            let Figures { success, p99, requests, peak } = of(outcome);
            table.row([
                outcome.name.to_owned(),
                format!("{:.2}", share(success)),
                format!("{p99:.0}"),
                format!("{requests:.2}"),
                format!("{peak:.0}"),
            ]);
        }
        section.table(&table);
    }
    section.text(
        "Without jitter, waits are multiples of the time between the loads, so that those who failed together come \
         back together, and with the next load: of each such crowd 60 are answered, and then the service is idle until \
         the next one comes. Full jitter takes the crowds away, but its waits are half as long on average, so that some \
         calls run out of attempts before the service is back. Equal jitter never waits less than half, and hardly \
         loses a call here.",
    );
    section.picture("outage", &draw(&outcomes));
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
                points: outcome.lines[line]
                    .iter()
                    .copied()
                    .filter(|point| SHOWN.contains(&point.0))
                    .collect(),
                band: Vec::new(),
            })
            .collect(),
        shade: Some((DOWN.from.as_secs_f64(), DOWN.to.as_secs_f64(), "down")),
    };
    Figure {
        title: "An outage, and the retries after it",
        note: "one run: 400 calls a second, 40 at a time; the service works on 60 requests at once"
            .to_owned(),
        panels: vec![
            panel("requests to the service", "requests per second", 0),
            panel("calls that were answered", "answers per second", 1),
        ],
    }
}
