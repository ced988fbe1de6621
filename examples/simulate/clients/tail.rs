//! Calls of a service whose slowest answers take very long.

use std::sync::Arc;

use resilience_runtime::resilient;

use crate::backend::{Failure, Service};
use crate::clients::Way;

async fn patient(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(timeout = "100ms")]
async fn timeout(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

#[resilient(timeout = "100ms", retry = "exp_jitter", base = "10ms", max = 3)]
async fn retry(service: Arc<Service>) -> Result<(), Failure> {
    service.request().await
}

pub(crate) const WAYS: [Way; 3] = [
    Way { name: "nothing", call: |service| Box::pin(patient(service)) },
    Way { name: "timeout of 100 ms", call: |service| Box::pin(timeout(service)) },
    Way { name: "timeout of 100 ms, retry", call: |service| Box::pin(retry(service)) },
];
