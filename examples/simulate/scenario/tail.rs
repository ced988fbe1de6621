//! A service that is now and then very slow.

use std::io;
use std::time::Duration;

use crate::backend::{Model, Service};
use crate::clients::load::Load;
use crate::clients::tail::WAYS;
use crate::figures::{Spread, real};
use crate::page::{Section, Table, share};
use crate::scenario::Plan;
use crate::world::{begin, in_virtual_time};

const MODEL: Model =
    Model::Tail { share: 0.03, shortest: Duration::from_millis(200), longest: Duration::from_secs(2) };

const LOAD: Load = Load {
    together: 1,
    every: Duration::from_millis(2),
    scattered: Duration::from_millis(2),
    lasting: Duration::from_secs(10),
};

/// What a way to call came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) success: Spread,
    /// Percentiles in milliseconds: 50, 95, 99, 99.9.
    pub(crate) times: [Spread; 4],
    pub(crate) requests: Spread,
}

pub(crate) fn measure(plan: Plan) -> io::Result<Vec<Outcome>> {
    in_virtual_time(async {
        let mut outcomes = Vec::new();
        for way in WAYS {
            let [mut success, mut requests] = [const { Vec::new() }; 2];
            let mut times = [const { Vec::new() }; 4];
            for run in 0..plan.runs {
                let seed = plan.seed_of(run);
                begin(seed).await;
                let service = Service::start(MODEL, seed);
                let samples = LOAD.drive(way, &service, seed).await?;
                success.push(samples.success());
                requests.push(service.requests_made() / real(samples.len()));
                for (times, share) in times.iter_mut().zip([0.5, 0.95, 0.99, 0.999]) {
                    times.push(samples.percentile(share));
                }
            }
            outcomes.push(Outcome {
                name: way.name,
                success: Spread::of(&success),
                times: times.map(|values| Spread::of(&values)),
                requests: Spread::of(&requests),
            });
        }
        Ok(outcomes)
    })?
}

pub(crate) fn play(plan: Plan) -> io::Result<Section> {
    let mut section = Section::new(
        "Slow answers",
        "500 calls a second for 10 s. An answer takes 20 ms, and three in a hundred take between 0.2 s and 2 s. The \
         retry is `exp_jitter`, `base = \"10ms\"`, `max = 3`. Times in milliseconds are of all calls, those that failed \
         included.",
    );
    let mut table = Table::new(&["", "answered, %", "p50", "p95", "p99", "p99.9", "requests per call"]);
    for Outcome { name, success, times, requests } in measure(plan)? {
        let mut cells = vec![name.to_owned(), format!("{:.2}", share(success))];
        cells.extend(times.map(|time| format!("{time:.0}")));
        cells.push(format!("{requests:.3}"));
        table.row(cells);
    }
    section.table(&table);
    Ok(section)
}
