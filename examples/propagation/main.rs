//! A client and two services, one behind the other: what crosses between them, and the one trace that it makes.
//!
//! `cargo run --example propagation --features propagation` needs nothing but this machine, and fails when it did not see
//! what it shows. Client and shop have three attempts each, and the stock behind them is down.
#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

mod services;
mod tree;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporterBuilder, SdkTracerProvider};
use reqwest_middleware::ClientWithMiddleware;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::resilient;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

/// Orders something.
#[resilient(name = "client order", retry = "fixed", base = "20ms", max = 3, deadline = "2s")]
async fn order(client: &ClientWithMiddleware, shop: &str) -> Result<String, HttpError> {
    Ok(check(client.get(shop).send().await?)?.text().await?)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "propagation: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    // What a program would hand to its exporter is kept here, to be drawn.
    let exporter = InMemorySpanExporterBuilder::new().build();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("propagation"));
    let calls = Targets::new().with_target("reliability", LevelFilter::INFO);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer.with_filter(calls)))?;

    let asked = Arc::new(AtomicU32::new(0));
    let stock = services::stock(Arc::clone(&asked)).await?;
    println!("requests, as the services see them\n");
    let shop = services::shop(InheritLayer::new(), stock.clone()).await?;
    let error = order(&services::client()?, &shop).await.err().ok_or("the stock is not down")?;
    println!("\nthe client gets: {error}\n\nthe trace\n");
    let drawn = tree::draw(&exporter.get_finished_spans()?);
    print!("{drawn}");
    let trees = drawn.lines().filter(|line| !line.starts_with(' ')).count();
    let inherited = asked.swap(0, Ordering::Relaxed);

    println!("\nthe same with a shop that tries again whoever asks\n");
    let shop = services::shop(InheritLayer::new().retry_here(), stock).await?;
    order(&services::client()?, &shop).await.err().ok_or("the stock is not down")?;
    let multiplied = asked.load(Ordering::Relaxed);
    println!("\nThe stock was asked {inherited} times; {multiplied} times by the shop that tries again.");
    if (inherited, multiplied, trees) != (5, 9, 1) {
        return Err(format!("not 5 and 9 times, with the first in one trace but {trees}").into());
    }
    Ok(())
}
