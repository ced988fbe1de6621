//! A client of an order service that fails on a schedule, with the attribute and without it.
//!
//! Needs nothing but this machine and about ten seconds, more where the machine has other things to do: it waits for
//! what it shows, and fails when it does not see it.

mod client;
mod load;
mod page;
mod report;
mod service;
mod timeline;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use resilience_runtime::testing::{self, Recorder};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::client::Orders;
use crate::load::{Function, Sample, Span, Way, answered, of};
use crate::page::{Page, Paint, print};
use crate::service::{Fault, Service};
use crate::timeline::{Change, History};

// One thread, so that one seed holds for all jitter.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Page::of_stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(page: Page) -> Result<(), Box<dyn Error>> {
    testing::seed(7);
    let (fault, told) = watch::channel(Fault::Nothing);
    let (service, listener) = Service::start(told).await?;
    let orders = Arc::new(Orders::new(format!("http://{}", listener.local_addr()?))?);
    let start = Instant::now();
    let (recorder, history) = (Recorder::new(), History::since(start));
    let subscriber = tracing_subscriber::registry().with(recorder.layer()).with(history.clone());
    tracing::subscriber::set_global_default(subscriber)?;

    page.title("A service that fails, and two clients of it", "answered calls that ended in each phase")?;
    let head = format!("{:<59}{:<19}  {}\n", "", "plain", "#[resilient]");
    print(&page.paint(Paint::Faint, &head))?;
    let serving = tokio::spawn(service.run(listener));
    let has_shown = |fault| {
        report::has_shown(fault, &recorder.calls()) && (fault != Fault::Nothing || history.is_closed())
    };
    let (spans, samples) = load::run(page, orders, start, fault, has_shown).await?;
    if serving.is_finished() {
        serving.await??;
    }
    let (calls, changes) = (recorder.calls(), history.changes());

    page.title("Six calls of the client", "their spans: █ an attempt, ░ a wait")?;
    print(&report::stories(page, &calls)?)?;
    page.title("The same on one axis", "the share of calls that were answered")?;
    print(&timeline::draw(page, &spans, &samples, &changes))?;
    print(&timeline::tell(page, &changes))?;
    page.title("What it comes to", "p50 and p99 of all calls, answered or not")?;
    print(&report::table(page, &samples, &calls))?;
    print(&format!("\n{}", report::conclusion(&spans, &samples, &calls)))?;
    Ok(seen(&spans, &samples, &changes)?)
}

/// Holds the pictures to what they claim.
fn seen(spans: &[Span], samples: &[Sample], changes: &[Change]) -> Result<(), String> {
    let opened = changes.iter().filter(|change| change.to == "open").count();
    let lost = |way| report::lost_before_outage(spans, samples, way);
    let (plain, resilient) = (lost(Way::Plain), lost(Way::Resilient));
    if opened == 0 {
        return Err("the breaker never opened".to_owned());
    }
    if changes.last().is_none_or(|change| change.to != "closed") {
        return Err("the breaker did not close again".to_owned());
    }
    if resilient >= plain {
        return Err(format!("{resilient} orders were lost with the attribute, and {plain} without it"));
    }
    let offers = of(samples, Function::Offers, Way::Resilient);
    match offers.len() - answered(&offers) {
        0 => Ok(()),
        lost => Err(format!("{lost} offers were lost in spite of their fallback")),
    }
}
