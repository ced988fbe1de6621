//! Calls of a service that hangs: with a timeout, and with what may stand around it.

use std::sync::Arc;

use resilience_runtime::resilient;

use crate::backend::{Failure, Service};
use crate::clients::Way;

#[resilient(timeout = "500ms")]
async fn timeout(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(timeout = "500ms", retry = "exp_jitter", base = "100ms", max = 3)]
async fn retry(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(timeout = "500ms", breaker("simulate.alone", window = "5s", open_for = "1s"))]
async fn breaker(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(
    timeout = "500ms",
    retry = "exp_jitter",
    base = "100ms",
    max = 3,
    breaker("simulate.beside_retry", window = "5s", open_for = "1s")
)]
async fn both(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

pub(crate) const WAYS: [Way; 4] = [
    Way { name: "timeout", call: |service| Box::pin(timeout(service)) },
    Way { name: "timeout, retry", call: |service| Box::pin(retry(service)) },
    Way { name: "timeout, breaker", call: |service| Box::pin(breaker(service)) },
    Way { name: "timeout, breaker, retry", call: |service| Box::pin(both(service)) },
];
