//! Calls of a service that is slow for a while, by clients that do not wait long.

use std::sync::Arc;

use resilience_runtime::resilient;

use crate::backend::{Failure, Service};
use crate::clients::Way;

#[resilient(timeout = "200ms")]
async fn once(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(timeout = "200ms", retry = "exp_jitter", base = "50ms", max = 4)]
async fn retry(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(
    timeout = "200ms",
    retry = "exp_jitter",
    base = "50ms",
    max = 4,
    budget("simulate.storm", ratio = "10%")
)]
async fn budget(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(
    timeout = "200ms",
    retry = "exp_jitter",
    base = "50ms",
    max = 4,
    breaker("simulate.storm", window = "2s", open_for = "1s")
)]
async fn breaker(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

pub(crate) const WAYS: [Way; 4] = [
    Way { name: "no retry", call: |service| Box::pin(once(service)) },
    Way { name: "retry", call: |service| Box::pin(retry(service)) },
    Way { name: "retry, budget of 10 %", call: |service| Box::pin(budget(service)) },
    Way { name: "retry, breaker", call: |service| Box::pin(breaker(service)) },
];
