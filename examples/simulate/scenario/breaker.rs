//! What a breaker spares a service that hangs, and its callers.

use std::io;
use std::time::Duration;

use crate::backend::{Model, Period, Service};
use crate::clients::load::Load;
use crate::clients::outage::WAYS;
use crate::figures::{Spread, millis, percentile};
use crate::page::{Section, Table, share};
use crate::scenario::Plan;
use crate::world::{begin, in_virtual_time};

/// When the service hangs in that run. Its return is later from run to run, through all phases of a breaker that opens
/// for a second and probes for half of one.
fn down(run: u64) -> Period {
    let later = Duration::from_millis(run * 30 % 1500);
    Period { from: Duration::from_secs(5), to: Duration::from_secs(15) + later }
}

const LOAD: Load = Load {
    together: 1,
    every: Duration::from_millis(5),
    scattered: Duration::from_millis(5),
    lasting: Duration::from_secs(25),
};

/// What a way to call came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    /// Requests while the service was down.
    pub(crate) in_vain: Spread,
    /// The time in milliseconds that half of the failed calls took at most.
    pub(crate) failed_after: Spread,
    /// The time in milliseconds from the service's return to the last call that failed.
    pub(crate) recovered_after: Spread,
    /// The share of calls that were answered, of those outside of the outage.
    pub(crate) success: Spread,
}

pub(crate) fn measure(plan: Plan) -> io::Result<Vec<Outcome>> {
    in_virtual_time(async {
        let mut outcomes = Vec::new();
        for way in WAYS {
            let [mut in_vain, mut failed_after, mut recovered_after, mut success] = [const { Vec::new() }; 4];
            for run in 0..plan.runs {
                let (seed, down) = (plan.seed_of(run), down(run));
                begin(seed).await;
                let service = Service::start(Model::Hanging { down }, seed);
                let samples = LOAD.drive(way, &service, seed).await?;
                let failed = || samples.0.iter().filter(|sample| !sample.answered);
                let mut times: Vec<_> = failed().map(|sample| sample.took).collect();
                times.sort_unstable();
                let last = failed().map(|sample| sample.at).max().unwrap_or_default();
                in_vain.push(service.requests_in_vain());
                failed_after.push(millis(percentile(&times, 0.5)));
                recovered_after.push(millis(last.saturating_sub(down.to)));
                success.push(samples.success_where(|sample| !down.has(sample.at)));
            }
            let [in_vain, failed_after, recovered_after, success] =
                [in_vain, failed_after, recovered_after, success].map(|values| Spread::of(&values));
            outcomes.push(Outcome { name: way.name, in_vain, failed_after, recovered_after, success });
        }
        Ok(outcomes)
    })?
}

pub(crate) fn play(plan: Plan) -> io::Result<Section> {
    let mut section = Section::new(
        "A breaker in an outage",
        "200 calls a second for 25 s, to a service that answers nothing for 10 s to 11.5 s of them. Every call has `timeout = \
         \"500ms\"`; the retry is `exp_jitter`, `max = 3`; the breaker opens when half of the calls in 5 s failed, for \
         1 s. *In vain* are requests to the service while it hangs; *a failure takes* is the median of the calls that \
         failed; *recovered* is the time from the service's return to the last call that failed; *answered* are calls \
         made before and after the outage.",
    );
    let mut table =
        Table::new(&["", "requests in vain", "a failure takes, ms", "recovered, ms", "answered, %"]);
    for Outcome { name, in_vain, failed_after, recovered_after, success } in measure(plan)? {
        table.row([
            name.to_owned(),
            format!("{in_vain:.0}"),
            format!("{failed_after:.0}"),
            format!("{recovered_after:.0}"),
            format!("{:.2}", share(success)),
        ]);
    }
    section.table(&table);
    section.text(
        "The price is in the third column of figures: an open breaker does not know that the service is back until \
         `open_for` is over, and a probe that was sent just before has to time out first.",
    );
    Ok(section)
}
