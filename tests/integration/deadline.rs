//! The time that a caller gives.

use std::future::pending;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::{Breaker, Rejected, RejectedKind, current, current_headers, resilient};

use crate::support::{plain, serve};

const LONGEST: Duration = Duration::from_secs(30);

/// Hangs, within a deadline of its own that is far away.
#[resilient(
    name = "deadline_hang",
    retry = "fixed",
    base = "1ms",
    max = 3,
    deadline = "60s",
    breaker("deadline_hang", consecutive = 1)
)]
async fn hang() -> Result<String, Rejected> {
    pending().await
}

/// Says how much time it has.
#[resilient(name = "deadline_left", deadline = "60s")]
async fn left() -> Result<String, Rejected> {
    Ok(current().remaining().map_or_else(|| "none".to_owned(), |left| left.as_millis().to_string()))
}

#[resilient(name = "deadline_short", deadline = "20s")]
async fn short() -> Result<String, Rejected> {
    left().await
}

fn router() -> Router {
    Router::new().route("/hang", get(hang)).route("/left", get(left)).route("/short", get(short))
}

async fn left_at(url: &str, header: &str, value: &str) -> u64 {
    let answer = plain().get(url).header(header, value).send().await.expect("it is there");
    answer.text().await.expect("it is text").parse().expect("it is a number")
}

/// Asks with the headers of its attempt, and leaves the request to go on when its own deadline comes.
#[resilient(name = "deadline_ask", deadline = "500ms")]
async fn ask_and_leave(
    url: String,
    asked: &mut Option<tokio::task::JoinHandle<reqwest::Result<reqwest::Response>>>,
) -> Result<(), Rejected> {
    let request = plain().get(url).headers(current_headers());
    *asked = Some(tokio::spawn(request.send()));
    pending().await
}

#[tokio::test]
async fn a_deadline_crosses_to_the_server_and_expires_there() {
    let address = serve(router().layer(InheritLayer::new())).await;
    let mut asked = None;
    let rejected = ask_and_leave(format!("{address}/hang"), &mut asked).await.expect_err("it hangs");
    assert_eq!(rejected.kind(), RejectedKind::Deadline);

    // The server's own limit is a minute, and it would try again.
    let answer = asked.expect("it was asked").await.expect("no panic").expect("it answers");
    assert_eq!(answer.status(), 504);
    let error = check(answer).expect_err("504 is an error");
    assert!(matches!(error, HttpError::Status { .. }));
}

#[tokio::test]
async fn a_caller_without_time_opens_no_breaker() {
    let address = serve(router().layer(InheritLayer::new())).await;
    for _ in 0..3 {
        let request = plain().get(format!("{address}/hang")).header("resilience-timeout-ms", "20");
        assert_eq!(request.send().await.expect("it answers").status(), 504);
    }
    // One failure would open it.
    let snapshot = Breaker::named("deadline_hang").expect("it was called").snapshot();
    assert_eq!((snapshot.failures, snapshot.state), (0, resilience_runtime::State::Closed));
}

#[tokio::test]
async fn a_server_takes_the_shorter_of_both_deadlines() {
    let address = serve(router().layer(InheritLayer::new())).await;
    let millis = left_at(&format!("{address}/left"), "resilience-timeout-ms", "40000").await;
    assert!((1..=40_000).contains(&millis), "{millis}");
    let millis = left_at(&format!("{address}/short"), "resilience-timeout-ms", "40000").await;
    assert!((1..=20_000).contains(&millis), "{millis}");
    let millis = left_at(&format!("{address}/left"), "resilience-timeout-ms", "70000").await;
    assert!((40_001..=60_000).contains(&millis), "{millis}");
}

#[tokio::test]
async fn the_layer_has_a_longest_deadline() {
    let address = serve(router().layer(InheritLayer::new().max_timeout(LONGEST))).await;
    let millis = left_at(&format!("{address}/left"), "resilience-timeout-ms", "50000").await;
    assert!((1..=30_000).contains(&millis), "{millis}");
    // Which is none for those who give none.
    let millis = left_at(&format!("{address}/left"), "accept", "*/*").await;
    assert!(millis > 30_000, "{millis}");
}

#[tokio::test]
async fn grpc_timeout_is_read_by_the_same_layer() {
    let address = serve(router().layer(InheritLayer::new())).await;
    let millis = left_at(&format!("{address}/left"), "grpc-timeout", "40S").await;
    assert!((1..=40_000).contains(&millis), "{millis}");
}
