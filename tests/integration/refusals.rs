//! Refusals as responses, and what the client makes of them.

use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reqwest_middleware::ClientWithMiddleware;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::{Breaker, BreakerConfig, Class, Classify, Error, Rejected, resilient};

use crate::support::{client, plain, serve};

static OPEN: Breaker =
    Breaker::new("refusals_open", BreakerConfig::new().open_for(Duration::from_secs(1000)));

#[resilient(name = "refusals_guarded", breaker = OPEN)]
async fn guarded() -> Result<&'static str, Rejected> {
    Ok("never")
}

#[resilient(name = "refusals_limited", rate_limit("refusals_limited", rate = "1/1000s"))]
async fn limited() -> Result<&'static str, Rejected> {
    Ok("once")
}

#[resilient(name = "refusals_slow", timeout = "5ms")]
async fn slow() -> Result<&'static str, Error<NotFound>> {
    std::future::pending().await
}

#[resilient(name = "refusals_missing", timeout = "5s")]
async fn missing() -> Result<&'static str, Error<NotFound>> {
    Err(Error::Inner(NotFound))
}

#[derive(Clone, Copy, Debug)]
struct NotFound;

impl Classify for NotFound {
    fn classify(&self) -> Class {
        Class::Permanent
    }
}

impl IntoResponse for NotFound {
    fn into_response(self) -> Response {
        http::StatusCode::NOT_FOUND.into_response()
    }
}

async fn service() -> String {
    let router = Router::new().route("/guarded", get(guarded)).route("/limited", get(limited));
    let router = router.route("/slow", get(slow)).route("/missing", get(missing));
    serve(router.layer(InheritLayer::new())).await
}

async fn asked(url: String) -> (u16, Class) {
    let answer = plain().get(url).send().await.expect("it answers");
    let status = answer.status().as_u16();
    (status, check(answer).expect_err("it is an error").classify())
}

#[tokio::test]
async fn a_refusal_arrives_with_the_time_to_come_back() {
    let address = service().await;
    OPEN.trip();
    let (status, class) = asked(format!("{address}/guarded")).await;
    let hint = |class| match class {
        Class::Throttled { retry_after: Some(after) } => after.as_secs(),
        other => panic!("{other:?} has no hint"),
    };
    // A little of the time may be over.
    let about = 900..=1000;
    assert!(status == 503 && about.contains(&hint(class)), "{status} {class:?}");

    plain().get(format!("{address}/limited")).send().await.expect("it answers");
    let (status, class) = asked(format!("{address}/limited")).await;
    assert!(status == 429 && about.contains(&hint(class)), "{status} {class:?}");

    assert_eq!(asked(format!("{address}/slow")).await, (504, Class::Transient));
    assert_eq!(asked(format!("{address}/missing")).await, (404, Class::Permanent));
}

#[resilient(name = "refusals_ask", retry = "fixed", base = "1ms", max = 2, deadline = "10s")]
async fn ask_once(client: &ClientWithMiddleware, url: String) -> Result<String, HttpError> {
    Ok(check(client.get(url).send().await?)?.text().await?)
}

#[tokio::test]
async fn errors_of_the_client_behind_a_middleware_are_those_of_reqwest() {
    // Nobody listens there.
    let error = ask_once(&client(), "http://127.0.0.1:9/".to_owned()).await.expect_err("nobody is there");
    assert!(matches!(&error, HttpError::Request(error) if error.is_connect()), "{error:?}");
    assert_eq!((error.classify(), error.error_type()), (Class::Transient, "reqwest::Connect"));
    let error = ask_once(&client(), "no address".to_owned()).await.expect_err("it is no address");
    assert_eq!((error.classify(), error.error_type()), (Class::Permanent, "reqwest::Builder"));
}
