//! A client of the order service: two annotated functions, their error, and the same two without the attribute.
#![expect(unreachable_pub, reason = "reads as it would in a library of your own")]

use std::error::Error;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use resilience_runtime::{Classify, Rejected, resilient};
use serde::{Deserialize, Serialize};

/// What the service stores.
#[derive(Debug, Deserialize, Serialize)]
pub struct Order {
    pub id: u64,
}

/// Why there is no answer, and what that means for the policies.
#[derive(Debug, thiserror::Error, Classify)]
pub enum ApiError {
    #[error("there is no such thing")]
    #[permanent]
    NotFound,
    #[error("the service is busy")]
    #[throttled(retry_after = 0)]
    Busy(Option<Duration>),
    #[error("the service answered {0}")]
    #[transient]
    Status(StatusCode),
    #[error("{}", cause(.0))]
    #[transient]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    #[classify(transparent)]
    Rejected(#[from] Rejected),
}

/// The client.
#[derive(Debug)]
pub struct Orders {
    http: reqwest::Client,
    base: String,
    bestsellers: Vec<u64>,
}

impl Orders {
    /// A client of the service at `base`.
    pub fn new(base: String) -> reqwest::Result<Self> {
        // The service is on this machine: a proxy of the environment could not reach it.
        Ok(Self { http: reqwest::Client::builder().no_proxy().build()?, base, bestsellers: vec![1, 2, 3] })
    }

    /// The order of that number.
    #[resilient(retry = "exp_jitter", max = 4, breaker = "orders", timeout = "250ms", deadline = "2s")]
    pub async fn order(&self, id: u64) -> Result<Order, ApiError> {
        let response = self.http.get(format!("{}/orders/{id}", self.base)).send().await?;
        Ok(checked(response)?.json().await?)
    }

    /// What else to buy with it: nice to have, so that it is not waited for, and anything will do.
    #[resilient(
        retry = "fixed", max = 2, base = "50ms",
        breaker("orders", window = 150, min_calls = 50, open_for = "400ms", probes = 3, successes = 2),
        timeout = "150ms", deadline = "400ms", fallback = Self::bestsellers,
    )]
    pub async fn offers(&self, id: u64) -> Result<Vec<u64>, ApiError> {
        let response = self.http.get(format!("{}/offers/{id}", self.base)).send().await?;
        Ok(checked(response)?.json().await?)
    }

    /// Answers for [`offers`](Self::offers) when all else failed.
    #[expect(clippy::unnecessary_wraps, reason = "a fallback returns what its function returns")]
    fn bestsellers(&self, _id: u64) -> Result<Vec<u64>, ApiError> {
        Ok(self.bestsellers.clone())
    }

    /// [`order`](Self::order) without the attribute, to compare.
    pub async fn plain_order(&self, id: u64) -> Result<Order, ApiError> {
        let response = self.http.get(format!("{}/orders/{id}", self.base)).send().await?;
        Ok(checked(response)?.json().await?)
    }

    /// [`offers`](Self::offers) without the attribute, to compare.
    pub async fn plain_offers(&self, id: u64) -> Result<Vec<u64>, ApiError> {
        let response = self.http.get(format!("{}/offers/{id}", self.base)).send().await?;
        Ok(checked(response)?.json().await?)
    }
}

/// The response, if it is an answer.
fn checked(response: Response) -> Result<Response, ApiError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::NOT_FOUND => Err(ApiError::NotFound),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds =
                response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            Err(ApiError::Busy(seconds.map(Duration::from_secs)))
        }
        status => Err(ApiError::Status(status)),
    }
}

/// The innermost cause: `reqwest` itself says no more than that a request failed.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
