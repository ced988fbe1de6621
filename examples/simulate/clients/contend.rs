//! Clients that compete for a row: each writes it once, and tries until it has.
//!
//! The published formula doubles its base before the first wait, so that its 5 ms are the 10 ms here; its
//! decorrelated jitter starts from the base itself.

use std::pin::Pin;
use std::sync::Arc;

use resilience_runtime::resilient;

use crate::backend::{Conflict, Row};
use crate::reference::Formula;

/// More attempts than any of them needs.
const UNTIL_WRITTEN: u32 = 1_000_000;

#[resilient(retry = "fixed", base = "0ms", max = UNTIL_WRITTEN)]
async fn at_once(row: Arc<Row>) -> Result<(), Conflict> {
    row.update().await
}

#[resilient(retry = "exp", base = "10ms", cap = "2s", max = UNTIL_WRITTEN)]
async fn exponential(row: Arc<Row>) -> Result<(), Conflict> {
    row.update().await
}

#[resilient(retry = "exp_jitter", base = "10ms", cap = "2s", max = UNTIL_WRITTEN)]
async fn full_jitter(row: Arc<Row>) -> Result<(), Conflict> {
    row.update().await
}

#[resilient(retry = "exp_jitter", jitter = "equal", base = "10ms", cap = "2s", max = UNTIL_WRITTEN)]
async fn equal_jitter(row: Arc<Row>) -> Result<(), Conflict> {
    row.update().await
}

#[resilient(retry = "decorrelated", base = "5ms", cap = "2s", max = UNTIL_WRITTEN)]
async fn decorrelated(row: Arc<Row>) -> Result<(), Conflict> {
    row.update().await
}

/// An update that goes on.
pub(crate) type Updating = Pin<Box<dyn Future<Output = Result<(), Conflict>> + Send>>;

/// A way to compete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) update: fn(Arc<Row>) -> Updating,
    /// What was published for it.
    pub(crate) formula: Formula,
}

pub(crate) const NONE: Contender =
    Contender { name: "no backoff", update: |row| Box::pin(at_once(row)), formula: Formula::None };
pub(crate) const EXPONENTIAL: Contender = Contender {
    name: "exponential",
    update: |row| Box::pin(exponential(row)),
    formula: Formula::Exponential,
};
pub(crate) const FULL: Contender =
    Contender { name: "full jitter", update: |row| Box::pin(full_jitter(row)), formula: Formula::Full };
pub(crate) const EQUAL: Contender =
    Contender { name: "equal jitter", update: |row| Box::pin(equal_jitter(row)), formula: Formula::Equal };
pub(crate) const DECORRELATED: Contender = Contender {
    name: "decorrelated jitter",
    update: |row| Box::pin(decorrelated(row)),
    formula: Formula::Decorrelated,
};

pub(crate) const CONTENDERS: [Contender; 5] = [NONE, EXPONENTIAL, EQUAL, FULL, DECORRELATED];
