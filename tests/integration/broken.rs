//! Answers that break off.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use resilience_runtime::{Class, Classify};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tonic::codegen::tokio_stream::{self, StreamExt as _};

use crate::support::serve;

/// Half an answer by HTTP/2, whose stream the server resets when the client has seen the head of it.
async fn half() -> reqwest::Response {
    let seen = Arc::new(Notify::new());
    let head = Arc::clone(&seen);
    let handler = async move || {
        let parts = tokio_stream::iter([Ok("half"), Err(io::Error::other("it broke"))]);
        Body::from_stream(parts.then(move |part| {
            let head = Arc::clone(&head);
            async move {
                if part.is_err() {
                    head.notified().await;
                }
                part
            }
        }))
    };
    let address = serve(Router::new().route("/", get(handler))).await;
    let stream = TcpStream::connect(address.trim_start_matches("http://")).await.expect("it listens");
    let connected = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = connected.expect("it speaks HTTP/2");
    tokio::spawn(connection);
    let request = http::Request::get(address).body(String::new()).expect("it is an address");
    let answer = sender.send_request(request).await.expect("it answers");
    seen.notify_one();
    answer.map(reqwest::Body::wrap).into()
}

#[tokio::test]
async fn a_body_that_http_2_breaks_off_is_worth_another_attempt() {
    let error = half().await.text().await.expect_err("it breaks off");
    assert_eq!(error.classify(), Class::Transient, "{error:?}");
}
