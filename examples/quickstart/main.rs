//! A client of an order service that fails on a schedule, with the attribute and without it.
//!
//! Needs nothing but this machine, runs for about twelve seconds, and fails when it did not see what it shows.

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
use tracing_subscriber::layer::SubscriberExt as _;

use crate::client::Orders;
use crate::load::{Function, Sample, Way, answered, of};
use crate::page::{Page, Paint, print};
use crate::service::Service;
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
    let (service, listener) = Service::start().await?;
    let orders = Arc::new(Orders::new(format!("http://{}", listener.local_addr()?))?);
    let (recorder, history) = (Recorder::new(), History::since(service.started()));
    let subscriber = tracing_subscriber::registry().with(recorder.layer()).with(history.clone());
    tracing::subscriber::set_global_default(subscriber)?;

    page.title("A service that fails, and two clients of it", "answered calls that ended in each phase")?;
    let head = format!("{:<59}{:<19}  {}\n", "", "plain", "#[resilient]");
    print(&page.paint(Paint::Faint, &head))?;
    let start = service.started();
    let serving = tokio::spawn(service.run(listener));
    let samples = load::run(page, orders, start).await?;
    if serving.is_finished() {
        serving.await??;
    }
    let (calls, changes) = (recorder.calls(), history.changes());

    page.title("Six calls of the client", "their spans: █ an attempt, ░ a wait")?;
    print(&report::stories(page, &calls)?)?;
    page.title("The same ten seconds", "the share of calls that were answered, eight times a second")?;
    print(&timeline::draw(page, &samples, &changes))?;
    print(&timeline::tell(page, &changes))?;
    page.title("What it comes to", "p50 and p99 of all calls, answered or not")?;
    print(&report::table(page, &samples, &calls))?;
    print(&format!("\n{}", report::conclusion(&samples, &calls)))?;
    Ok(seen(&samples, &changes)?)
}

/// Holds the pictures to what they claim.
fn seen(samples: &[Sample], changes: &[Change]) -> Result<(), String> {
    let lost = |function, way| {
        let calls = of(samples, function, way);
        calls.len() - answered(&calls)
    };
    let opened = changes.iter().filter(|change| change.to == "open").count();
    let (plain, resilient) = (lost(Function::Order, Way::Plain), lost(Function::Order, Way::Resilient));
    if opened == 0 {
        return Err("the breaker never opened".to_owned());
    }
    if changes.last().is_none_or(|change| change.to != "closed") {
        return Err("the breaker did not close again".to_owned());
    }
    if resilient >= plain {
        return Err(format!("{resilient} orders were lost with the attribute, and {plain} without it"));
    }
    match lost(Function::Offers, Way::Resilient) {
        0 => Ok(()),
        lost => Err(format!("{lost} offers were lost in spite of their fallback")),
    }
}
