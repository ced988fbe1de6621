//! The service behind the other: a database with few connections, which it must not be asked too often.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use resilience_runtime::{Classify, Rejected, RejectedKind, resilient};
use tokio::time::sleep;

use crate::script::Fault;
use crate::stage::Stage;

/// Why there is no row.
#[derive(Debug, thiserror::Error, Classify)]
enum DbError {
    #[error("the connection was lost")]
    #[transient]
    ConnectionLost,
    #[error(transparent)]
    #[classify(transparent)]
    Rejected(#[from] Rejected),
}

/// Reads a row, on one of two connections. In the rush the rate limit lets one in every 25 ms, and each stays for 50.
#[resilient(
    rate_limit("queries", rate = "40/s", burst = 10, wait = "20ms"),
    bulkhead("database", max = 2, queue = 6, wait = "40ms")
)]
async fn read(stage: &Stage, article: u64) -> Result<u64, DbError> {
    match stage.fault() {
        Fault::Errors if stage.is_unlucky(3) => return Err(DbError::ConnectionLost),
        Fault::Outage => return Err(DbError::ConnectionLost),
        Fault::Slowness if stage.is_unlucky(3) => sleep(Duration::from_millis(600)).await,
        Fault::Rush => sleep(Duration::from_millis(50)).await,
        _ => sleep(Duration::from_millis(8)).await,
    }
    Ok(article % 7)
}

/// What it answers.
pub(crate) fn routes(stage: &Stage) -> Router {
    Router::new().route("/stock/{article}", get(stock)).with_state(stage.clone())
}

async fn stock(State(stage): State<Stage>, Path(article): Path<u64>) -> Result<String, StatusCode> {
    match read(&stage, article).await {
        Ok(count) => Ok(format!("{count} left")),
        Err(DbError::ConnectionLost) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        Err(DbError::Rejected(rejected)) if rejected.kind() == RejectedKind::RateLimited => {
            Err(StatusCode::TOO_MANY_REQUESTS)
        }
        Err(DbError::Rejected(_)) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
