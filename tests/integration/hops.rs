//! Three services, one behind the other, each of which would try three times.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use http::HeaderMap;
use reqwest_middleware::ClientWithMiddleware;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::resilient;

use crate::support::{ask, client, serve};

/// What a request said, as far as it is about attempts and time.
#[derive(Clone, Copy, Debug)]
struct Said {
    attempt: u32,
    left: u32,
    millis: u64,
}

fn said(headers: &HeaderMap) -> Said {
    let text = |name: &str| headers[name].to_str().expect("it is text").to_owned();
    Said {
        attempt: text("resilience-attempt").parse().expect("it is a number"),
        left: text("resilience-attempts-left").parse().expect("it is a number"),
        millis: text("resilience-timeout-ms").parse().expect("it is a number"),
    }
}

type Log = Arc<Mutex<Vec<Said>>>;

/// Asks the service behind.
#[resilient(name = "hops_pass_on", retry = "fixed", base = "1ms", max = 3)]
async fn pass_on(client: &ClientWithMiddleware, url: &str) -> Result<String, HttpError> {
    Ok(check(client.get(url).send().await?)?.text().await?)
}

fn write_down(log: &Log, headers: &HeaderMap) {
    log.lock().expect("nothing panics with it").push(said(headers));
}

/// A service that asks the one behind it.
async fn middle(behind: String, log: &Log) -> String {
    let (client, log) = (client(), Arc::clone(log));
    let handler = async move |headers: HeaderMap| {
        write_down(&log, &headers);
        pass_on(&client, &behind).await.map_err(|_| http::StatusCode::BAD_GATEWAY)
    };
    serve(Router::new().route("/", get(handler)).layer(InheritLayer::new())).await
}

/// The last one, which is down.
async fn last(log: &Log) -> String {
    let log = Arc::clone(log);
    let handler = async move |headers: HeaderMap| {
        write_down(&log, &headers);
        http::StatusCode::BAD_GATEWAY
    };
    serve(Router::new().route("/", get(handler)).layer(InheritLayer::new())).await
}

#[tokio::test]
async fn retries_add_up_and_do_not_multiply() {
    let logs: [Log; 3] = Default::default();
    let third = last(&logs[2]).await;
    let second = middle(third, &logs[1]).await;
    let first = middle(second, &logs[0]).await;
    ask(&client(), &first).await.expect_err("the last one is down");

    let [first, second, third] = logs.map(|log| log.lock().expect("nothing panics with it").clone());
    // Only what nobody in front tries again is tried again: 3, 3 + 2 and 3 + 2 + 2 requests, not 3, 9 and 27.
    assert_eq!([first.len(), second.len(), third.len()], [3, 5, 7]);
    let pairs = |said: &[Said]| said.iter().map(|it| (it.attempt, it.left)).collect::<Vec<_>>();
    assert_eq!(pairs(&first), [(1, 2), (2, 1), (3, 0)]);
    assert_eq!(pairs(&second), [(1, 2), (1, 1), (1, 2), (2, 1), (3, 0)]);
    assert_eq!(pairs(&third), [(1, 2), (1, 1), (1, 2), (1, 1), (1, 2), (2, 1), (3, 0)]);
    // The one deadline there is, of the client, gets closer on the way.
    assert!(first[0].millis <= 20_000);
    assert!(second[0].millis <= first[0].millis && third[0].millis <= second[0].millis);
    assert!(third.last().expect("it was asked").millis <= third[0].millis);
}
