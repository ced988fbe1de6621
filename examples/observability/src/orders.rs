//! The service in between: some of what it is asked for it asks the warehouse.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use reqwest::Client;
use resilience_runtime::integration::reqwest::HttpError;
use resilience_runtime::resilient;
use tokio::time::sleep;

use crate::script::Fault;
use crate::stage::Stage;
use crate::wire;

/// How many the warehouse has. Where its caller may try again, it does not: their attempts would multiply.
#[resilient(
    retry = "exp_jitter", max = 2, base = "10ms", budget("stock", ratio = "20%"), timeout = "100ms",
    breaker("warehouse", failure_rate = "70%", window = "4s", min_calls = 20, open_for = "1s", probes = 3, successes = 2),
    fields(article.id = article),
)]
async fn stock(service: &Service, article: u64) -> Result<String, HttpError> {
    wire::get(&service.http, format!("{}/stock/{article}", service.warehouse)).await
}

/// The service.
#[derive(Clone, Debug)]
struct Service {
    http: Client,
    warehouse: String,
    stage: Stage,
}

/// What it answers.
pub(crate) fn routes(http: Client, warehouse: String, stage: &Stage) -> Router {
    Router::new()
        .route("/orders/{id}", get(order))
        .route("/offers/{id}", get(offers))
        .route("/search/{word}", get(search))
        .route("/rates/{currency}", get(rate))
        .with_state(Service { http, warehouse, stage: stage.clone() })
}

type Answer = Result<String, StatusCode>;

async fn order(State(service): State<Service>, Path(id): Path<u64>) -> Answer {
    // The order of a number that ends in 61 was deleted.
    if id % 100 == 61 {
        return Err(StatusCode::NOT_FOUND);
    }
    stock(&service, id).await.map(|stock| format!("order {id}: {stock}")).map_err(|error| {
        error.status().filter(StatusCode::is_client_error).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    })
}

async fn offers(State(service): State<Service>, Path(id): Path<u64>) -> Answer {
    service.trouble(50).await.map(|()| format!("{} {}", id + 1, id + 2))
}

/// One answer in ten is slow, whatever the phase: what hedges are for.
async fn search(State(service): State<Service>, Path(word): Path<u64>) -> Answer {
    if service.stage.is_unlucky(1) {
        sleep(Duration::from_millis(400)).await;
    }
    service.trouble(500).await.map(|()| format!("{word} hits"))
}

async fn rate(State(service): State<Service>, Path(currency): Path<u64>) -> Answer {
    service.trouble(300).await.map(|()| format!("1.{currency}"))
}

impl Service {
    /// What this moment makes of a request; a slow one takes so many milliseconds.
    async fn trouble(&self, slow: u64) -> Result<(), StatusCode> {
        sleep(Duration::from_millis(4)).await;
        match self.stage.fault() {
            Fault::Errors if self.stage.is_unlucky(3) => Err(StatusCode::INTERNAL_SERVER_ERROR),
            Fault::Outage => Err(StatusCode::INTERNAL_SERVER_ERROR),
            Fault::Slowness if self.stage.is_unlucky(2) => {
                sleep(Duration::from_millis(slow)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
