//! The same call with different waits between its attempts.

use std::sync::Arc;

use resilience_runtime::resilient;

use crate::backend::{Failure, Service};
use crate::clients::Way;

/// Five retries: their longest waits outlast the outage where waits grow, and not where they are fixed.
const ATTEMPTS: u32 = 6;

async fn once(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(retry = "fixed", base = "100ms", max = ATTEMPTS)]
async fn fixed(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(retry = "exp", base = "100ms", max = ATTEMPTS)]
async fn exponential(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(retry = "exp_jitter", base = "100ms", max = ATTEMPTS)]
async fn full_jitter(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(retry = "exp_jitter", jitter = "equal", base = "100ms", max = ATTEMPTS)]
async fn equal_jitter(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

pub(crate) const WAYS: [Way; 5] = [
    Way { name: "no retry", call: |service| Box::pin(once(service)) },
    Way { name: "fixed", call: |service| Box::pin(fixed(service)) },
    Way { name: "exponential", call: |service| Box::pin(exponential(service)) },
    Way { name: "exponential, full jitter", call: |service| Box::pin(full_jitter(service)) },
    Way { name: "exponential, equal jitter", call: |service| Box::pin(equal_jitter(service)) },
];
