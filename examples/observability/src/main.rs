//! Two services and a client of annotated functions, in three processes, and faults that come and go.
//!
//! `cargo run -p resilience-observability` shows what happens on the terminal, and serves the metrics of each process
//! under `/metrics`; `-- --otlp http://localhost:4317` sends everything to a collector instead. The page beside this
//! file says what to look at.

mod conductor;
mod options;
mod orders;
mod screen;
mod script;
mod shop;
mod stage;
mod telemetry;
mod warehouse;
mod wire;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;

use crate::options::{Options, Role};
use crate::stage::Stage;
use crate::telemetry::Telemetry;

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Options::of(std::env::args().skip(1)) {
        Ok(options) => match options.role {
            None => conductor::conduct(&options).await,
            Some(role) => play(role, &options).await,
        },
        Err(message) => Err(message.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "observability: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One of the three processes, until its conductor hangs up.
async fn play(role: Role, options: &Options) -> Result<(), Box<dyn Error>> {
    // Ctrl-C is for all processes of a terminal. These end when the conductor has hung up, and nothing is lost.
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    let stage = Stage::open();
    let telemetry = Telemetry::start(role, options, &stage)?;
    // The services are on this machine: a proxy of the environment could not reach them.
    let http = reqwest::Client::builder().no_proxy().build()?;
    let routes = match role {
        Role::Shop => Router::new(),
        Role::Orders => orders::routes(http.clone(), options.url(Role::Warehouse), &stage),
        Role::Warehouse => warehouse::routes(&stage),
    };
    let address = options.address(role);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("`{address}`: {error}; `--port` chooses other ports"))?;
    let serving = axum::serve(listener, wire::inherit(routes).merge(telemetry.routes()));
    let client = async {
        match role {
            Role::Shop => shop::run(&http, &options.url(Role::Orders), &stage).await,
            Role::Orders | Role::Warehouse => std::future::pending().await,
        }
    };
    tokio::select! {
        served = serving => served?,
        () = client => {}
        () = stage.clone().over() => {}
    }
    telemetry.stop().await
}
