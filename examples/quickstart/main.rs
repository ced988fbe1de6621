//! A client of an order service that fails now and then, and what protects it.

use std::io::Write;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use resilience_runtime::{Rejected, resilient};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Debug, Deserialize, Serialize)]
struct Order {
    id: u64,
}

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Refused(#[from] Rejected),
}

struct Orders {
    http: reqwest::Client,
    base: String,
}

impl Orders {
    #[resilient(retry = "exp_jitter", max = 4, breaker = "orders", timeout = "250ms", deadline = "2s")]
    async fn order(&self, id: u64) -> Result<Order, ApiError> {
        let response = self.http.get(format!("{}/orders/{id}", self.base)).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let service = Router::new().route("/orders/{id}", get(async |Path(id): Path<u64>| Json(Order { id })));
    let server = tokio::spawn(async { axum::serve(listener, service).await });

    let orders = Orders { http: reqwest::Client::new(), base };
    let order = orders.order(7).await?;
    writeln!(std::io::stdout(), "{order:?}")?;
    server.abort();
    Ok(())
}
