//! What the caller tries again is not tried again below it.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use opentelemetry::Value;
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::{propagation, resilient};

use crate::support::{Count, Spans, Unwell, plain, says, serve};

/// Fails in every attempt.
#[resilient(name = "retries_fail", retry = "fixed", base = "1ms", max = 4)]
async fn fail(count: &Count) -> Result<(), Unwell> {
    count.add();
    Err(Unwell)
}

/// The attempts that a server makes under that layer when the caller says so.
async fn attempts(layer: InheritLayer, headers: &[(&str, &str)]) -> u32 {
    let count = Arc::new(Count::new());
    let counted = Arc::clone(&count);
    let handler = async move || fail(&counted).await.map_err(|_| StatusCode::BAD_GATEWAY);
    let address = serve(Router::new().route("/", get(handler)).layer(layer)).await;
    let mut request = plain().get(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    assert_eq!(request.send().await.expect("it answers").status(), 502);
    count.get()
}

#[tokio::test]
async fn nothing_is_tried_again_that_the_caller_tries_again() {
    let layer = InheritLayer::new();
    assert_eq!(attempts(layer, &[("resilience-attempts-left", "1")]).await, 1);
    assert_eq!(attempts(layer, &[("resilience-attempts-left", "0"), ("resilience-attempt", "3")]).await, 4);
    assert_eq!(attempts(layer, &[]).await, 4);
}

#[tokio::test]
async fn a_layer_can_leave_retries_where_they_are() {
    let layer = InheritLayer::new().retry_here();
    assert_eq!(attempts(layer, &[("resilience-attempts-left", "1")]).await, 4);
}

#[tokio::test]
async fn the_span_says_who_tries_again() {
    let spans = Spans::watch();
    attempts(InheritLayer::new(), &[("resilience-attempts-left", "1")]).await;
    let call = spans.one("retries_fail");
    let reason = says(&call, "reliability.retry.stop_reason");
    assert_eq!(reason, Some(Value::from("caller_retries")));
    assert_eq!(says(&call, "reliability.attempt.count"), Some(Value::I64(1)));
}

#[tokio::test]
async fn the_handler_knows_its_caller() {
    let handler = async || {
        let caller = propagation::caller().expect("the layer is around");
        format!("{:?} {} {:?}", caller.attempt(), caller.attempts_left(), caller.remaining())
    };
    let router = Router::new().route("/", get(handler)).layer(InheritLayer::new());
    let address = serve(router).await;
    let request =
        plain().get(address).header("resilience-attempt", "2").header("resilience-attempts-left", "5");
    let answer = request.send().await.expect("it answers").text().await.expect("it is text");
    assert_eq!(answer, "Some(2) 5 None");
}
