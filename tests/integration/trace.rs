//! Which attempt reached which server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use http::StatusCode;
use opentelemetry::Value;
use opentelemetry::trace::{SpanId, TraceContextExt as _};
use reqwest_middleware::ClientWithMiddleware;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::{current, resilient};
use tracing::Instrument as _;

use crate::support::{Count, Spans, Unwell, ask, client, id, says, serve, trace};

/// What the server does: well from the third request on.
#[resilient(name = "load", retry = "fixed", base = "1ms", max = 2)]
async fn load(count: &Count) -> Result<String, Unwell> {
    if count.add() < 3 { Err(Unwell) } else { Ok("well".to_owned()) }
}

async fn answer(count: &Count) -> Result<String, StatusCode> {
    load(count).await.map_err(|_| StatusCode::BAD_GATEWAY)
}

fn unwell_twice() -> Router {
    let count = Arc::new(Count::new());
    Router::new().route("/", get(async move || answer(&count).await))
}

#[tokio::test]
async fn three_attempts_are_the_parents_of_three_requests_of_one_trace() {
    let spans = Spans::watch();
    let address = serve(unwell_twice().layer(InheritLayer::new())).await;
    assert_eq!(ask(&client(), &address).await.expect("the third attempt is answered"), "well");

    let call = spans.one("ask");
    let attempts = spans.named("ask attempt");
    let loads = spans.named("load");
    assert_eq!((attempts.len(), loads.len()), (3, 3));
    for (attempt, load) in attempts.iter().zip(&loads) {
        assert_eq!(attempt.parent_span_id, id(&call));
        assert_eq!(load.parent_span_id, id(attempt));
        assert!(load.parent_span_is_remote);
        assert!(!attempt.parent_span_is_remote);
        assert_eq!((trace(attempt), trace(load)), (trace(&call), trace(&call)));
    }
    let resent: Vec<_> = attempts.iter().map(|it| says(it, "http.request.resend_count")).collect();
    assert_eq!(resent, [None, Some(Value::I64(1)), Some(Value::I64(2))]);
    let (host, port) = address.trim_start_matches("http://").split_once(':').expect("it has a port");
    for attempt in &attempts {
        assert_eq!(says(attempt, "server.address"), Some(Value::from(host.to_owned())));
        assert_eq!(says(attempt, "server.port"), Some(Value::I64(port.parse().expect("it is a number"))));
    }
    // Nothing is sent by those.
    for attempt in spans.named("load attempt") {
        assert_eq!(says(&attempt, "server.address"), None);
        assert_eq!(says(&attempt, "http.request.resend_count"), None);
    }
}

#[resilient(name = "ask_hedged", hedge("50ms", max = 1), idempotent, deadline = "20s")]
async fn ask_hedged(client: &ClientWithMiddleware, url: &str) -> Result<String, HttpError> {
    Ok(check(client.get(url).send().await?)?.text().await?)
}

#[tokio::test]
async fn attempts_beside_each_other_are_parents_of_their_own() {
    let spans = Spans::watch();
    let count = Arc::new(Count::new());
    let slow_at_first = async move || {
        let number = count.add();
        hangs_or_answers(number).await
    };
    let router = Router::new().route("/", get(slow_at_first)).layer(InheritLayer::new());
    let address = serve(router).await;
    assert_eq!(ask_hedged(&client(), &address).await.expect("the second is answered"), "2");

    // The first is dropped with its connection, which the server hears of in its own time.
    let attempts = spans.named("ask_hedged attempt");
    assert_eq!(attempts.len(), 2);
    until(|| spans.named("answer").len() == 2).await;
    for answer in spans.named("answer") {
        let number = says(&answer, "reliability.attempt.count");
        assert!(number.is_some());
        assert!(attempts.iter().any(|attempt| id(attempt) == answer.parent_span_id));
    }
    let parents = spans.named("answer").into_iter().map(|answer| answer.parent_span_id);
    let mut parents: Vec<SpanId> = parents.collect();
    parents.dedup();
    assert_eq!(parents.len(), 2);
}

/// Polls until it holds, for a minute at the most.
#[expect(clippy::disallowed_methods, reason = "time is real here")]
async fn until(holds: impl Fn() -> bool) {
    for _ in 0..6000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not come to hold");
}

#[resilient(name = "answer")]
async fn hangs_or_answers(number: u32) -> Result<String, StatusCode> {
    if number == 1 { std::future::pending().await } else { Ok(number.to_string()) }
}

#[tokio::test]
async fn a_trace_that_is_not_taken_over_begins_at_the_server() {
    let spans = Spans::watch();
    let address = serve(unwell_twice().layer(InheritLayer::new().without_trace())).await;
    ask(&client(), &address).await.expect("the third attempt is answered");
    for load in spans.named("load") {
        assert_eq!(load.parent_span_id, SpanId::INVALID);
        assert_ne!(trace(&load), trace(&spans.one("ask")));
    }
}

#[tokio::test]
async fn without_the_layer_nothing_is_taken_over() {
    let spans = Spans::watch();
    let address = serve(unwell_twice()).await;
    ask(&client(), &address).await.expect("it tries again itself, and is well then");
    assert!(spans.named("load").iter().all(|load| load.parent_span_id == SpanId::INVALID));
    assert_eq!(spans.named("load attempt").len(), 3);
}

/// As another layer would do that opens a span for each request.
async fn in_a_span(request: Request, next: Next) -> axum::response::Response {
    next.run(request).instrument(tracing::info_span!("request")).await
}

#[tokio::test]
async fn a_span_that_is_around_already_is_the_parent() {
    let spans = Spans::watch();
    let router = unwell_twice().layer(InheritLayer::new()).layer(from_fn(in_a_span));
    let address = serve(router).await;
    ask(&client(), &address).await.expect("the third attempt is answered");
    for (load, request) in spans.named("load").iter().zip(spans.named("request")) {
        assert_eq!(load.parent_span_id, id(&request));
        assert!(!load.parent_span_is_remote);
    }
}

#[tokio::test]
async fn a_span_inside_of_the_layer_is_the_attempts_child() {
    let spans = Spans::watch();
    let router = unwell_twice().layer(from_fn(in_a_span)).layer(InheritLayer::new());
    let address = serve(router).await;
    ask(&client(), &address).await.expect("the third attempt is answered");
    let attempts = spans.named("ask attempt");
    for (number, (load, request)) in spans.named("load").iter().zip(spans.named("request")).enumerate() {
        assert_eq!(request.parent_span_id, id(&attempts[number]));
        assert!(request.parent_span_is_remote);
        assert_eq!(load.parent_span_id, id(&request));
    }
}

#[tokio::test]
async fn what_follows_a_request_on_its_thread_has_nothing_of_it() {
    let _spans = Spans::watch();
    let address = serve(unwell_twice().layer(InheritLayer::new())).await;
    ask(&client(), &address).await.expect("the third attempt is answered");
    assert!(!opentelemetry::Context::current().has_active_span());
    assert_eq!((current().remaining(), resilience_runtime::propagation::caller()), (None, None));
}
