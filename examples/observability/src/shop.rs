//! The client: four annotated functions, each with policies for what it is worth, and calls of all of them.

use std::time::Duration;

use reqwest::Client;
use resilience_runtime::integration::reqwest::HttpError;
use resilience_runtime::resilient;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::script::Fault;
use crate::stage::Stage;
use crate::wire::{get, get_as_a_stranger};

/// The time between two rounds of calls.
const TICK: Duration = Duration::from_millis(50);

/// An order: worth some patience.
#[resilient(
    retry = "exp_jitter", max = "deadline", base = "50ms", cap = "400ms", timeout = "250ms", deadline = "800ms",
    breaker("orders", failure_rate = "60%", window = "4s", min_calls = 20, open_for = "1500ms", probes = 3, successes = 2),
    fields(order.id = id),
)]
async fn order(http: &Client, base: &str, id: u64) -> Result<String, HttpError> {
    get(http, format!("{base}/orders/{id}")).await
}

/// What else to buy: retried a little, within a budget, and asked for less while most of it fails; and then anything will do.
#[resilient(
    retry = "fixed", max = 2, base = "30ms", budget("offers", ratio = "10%", floor = 2), timeout = "150ms",
    throttle("offers", window = "6s"), fallback = Ok("bestsellers".to_owned()),
)]
async fn offers(http: &Client, base: &str, id: u64) -> Result<String, HttpError> {
    get(http, format!("{base}/offers/{id}")).await
}

/// A search: another attempt beside one that is slow.
#[resilient(hedge = "60ms", idempotent, timeout = "800ms")]
async fn search(http: &Client, base: &str, word: u64) -> Result<String, HttpError> {
    get(http, format!("{base}/search/{word}")).await
}

/// An exchange rate: remembered, shared by all who ask at once, and rather an old one than none.
#[resilient(cache("1s", stale_if_error = "20s", name = "rates", key = currency), timeout = "200ms")]
async fn rate(http: &Client, base: &str, currency: u64) -> Result<String, HttpError> {
    get(http, format!("{base}/rates/{currency}")).await
}

/// Calls all four, twenty times a second and more often in a rush; and once a second a stranger asks too.
pub(crate) async fn run(http: &Client, base: &str, stage: &Stage) {
    // Ticks that a busy machine misses are made up for: a rush that the services slow down would be none.
    let mut ticks = interval(TICK);
    let mut calls = JoinSet::new();
    for round in 0_u64.. {
        ticks.tick().await;
        if round % 20 == 0 {
            let (http, base) = (http.clone(), base.to_owned());
            calls.spawn(async move { _ = get_as_a_stranger(&http, format!("{base}/rates/0")).await });
        }
        let times = if stage.fault() == Fault::Rush { 8 } else { 1 };
        for call in 0..times {
            let (http, base, id) = (http.clone(), base.to_owned(), round * times + call);
            calls.spawn(async move {
                // What comes of a call is seen in its span and its metrics; there is nobody else to tell.
                let _ = match id % 5 {
                    0 | 1 => order(&http, &base, id).await,
                    2 => offers(&http, &base, id).await,
                    3 => search(&http, &base, id).await,
                    _ => rate(&http, &base, id % 2).await,
                };
            });
        }
        while calls.try_join_next().is_some() {}
    }
}
