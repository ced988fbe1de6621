//! Headers of strangers: whatever stands in them, the request is answered, and nothing of it is believed.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use opentelemetry::trace::TraceContextExt as _;
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::propagation::{caller, rejected_headers};
use resilience_runtime::{current, resilient};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Count, Spans, Unwell, serve};

/// What a server is to count of a header, of which nothing is to hold.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Malformed,
    Absurd,
}

/// Lines of a request as someone may write them, byte by byte.
const CORPUS: &[(&[u8], Fault)] = &[
    (b"resilience-timeout-ms: ", Fault::Malformed),
    (b"resilience-timeout-ms: soon", Fault::Malformed),
    (b"resilience-timeout-ms: -1", Fault::Malformed),
    (b"resilience-timeout-ms: +5", Fault::Malformed),
    (b"resilience-timeout-ms: 1e9", Fault::Malformed),
    (b"resilience-timeout-ms: 0x10", Fault::Malformed),
    (b"resilience-timeout-ms: 10, 20", Fault::Malformed),
    (b"resilience-timeout-ms: 10.5", Fault::Malformed),
    (b"resilience-timeout-ms: \xff\xfe\xfd", Fault::Malformed),
    (b"resilience-timeout-ms: \xd9\xa1\xd9\xa2", Fault::Malformed),
    (b"resilience-timeout-ms: 86400001", Fault::Absurd),
    (b"resilience-timeout-ms: 18446744073709551615", Fault::Absurd),
    (b"resilience-timeout-ms: 18446744073709551616", Fault::Absurd),
    (b"resilience-timeout-ms: 99999999999999999999999999999999999999999999", Fault::Absurd),
    (b"grpc-timeout: S", Fault::Malformed),
    (b"grpc-timeout: 5", Fault::Malformed),
    (b"grpc-timeout: 5s", Fault::Malformed),
    (b"grpc-timeout: 123456789n", Fault::Malformed),
    (b"grpc-timeout: 5S5S", Fault::Malformed),
    (b"grpc-timeout: \x80S", Fault::Malformed),
    (b"grpc-timeout: 99999999H", Fault::Absurd),
    (b"grpc-timeout: 25H", Fault::Absurd),
    (b"resilience-attempt: 0", Fault::Absurd),
    (b"resilience-attempt: 10001", Fault::Absurd),
    (b"resilience-attempt: 4294967297", Fault::Absurd),
    (b"resilience-attempt: first", Fault::Malformed),
    (b"resilience-attempts-left: 1000000", Fault::Absurd),
    (b"resilience-attempts-left: true", Fault::Malformed),
    (b"resilience-attempts-left: \xe2\x88\x9e", Fault::Malformed),
    (b"traceparent: ", Fault::Malformed),
    (b"traceparent: 00-0-0-0", Fault::Malformed),
    (b"traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01", Fault::Malformed),
    (b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", Fault::Malformed),
    (b"traceparent: ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Fault::Malformed),
    (b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", Fault::Malformed),
    (b"traceparent: \xff\xff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Fault::Malformed),
];

/// Fails until its attempts are used up.
#[resilient(name = "untrusted_fail", retry = "fixed", base = "1ms", max = 3)]
async fn fail(count: &Count) -> Result<(), Unwell> {
    count.add();
    Err(Unwell)
}

/// What the server believes: time, attempt, how many may follow, and how often it tries by itself.
async fn believed() -> Result<String, StatusCode> {
    let count = Count::new();
    fail(&count).await.expect_err("it fails");
    let (caller, left) = (caller().expect("the layer is around"), current().remaining());
    Ok(format!("{left:?} {:?} {} {}", caller.attempt(), caller.attempts_left(), count.get()))
}

/// What the server answers to a request with these lines.
async fn answer(address: &str, lines: &[&[u8]]) -> String {
    ask(address, "/", lines).await
}

/// The same of another path.
async fn ask(address: &str, path: &str, lines: &[&[u8]]) -> String {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("it listens");
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n").into_bytes();
    for line in lines {
        request.extend_from_slice(line);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await.expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("it answers");
    text
}

/// The one test that counts: others send nothing wrong.
#[tokio::test]
async fn whatever_stands_in_headers_the_request_is_answered_and_nothing_believed() {
    let _spans = Spans::watch();
    let traced = async || opentelemetry::Context::current().has_active_span().to_string();
    let routes = Router::new().route("/", get(believed)).route("/traced", get(traced));
    let address = serve(routes.layer(InheritLayer::new())).await;
    for (line, fault) in CORPUS {
        let before = rejected_headers();
        let text = answer(&address, &[line]).await;
        let shown = String::from_utf8_lossy(line);
        assert!(text.starts_with("HTTP/1.1 200"), "{shown}: {text}");
        assert!(text.ends_with("None None 0 3"), "{shown}: {text}");
        let after = rejected_headers();
        let counted = match fault {
            Fault::Malformed => (1, 0),
            Fault::Absurd => (0, 1),
        };
        let difference = (after.malformed - before.malformed, after.absurd - before.absurd);
        assert_eq!((difference, after.repeated), (counted, before.repeated), "{shown}");
    }

    let before = rejected_headers();
    let twice: [&[u8]; 4] = [
        b"resilience-timeout-ms: 5000",
        b"resilience-timeout-ms: 5001",
        b"resilience-attempts-left: 1",
        b"resilience-attempts-left: 1",
    ];
    let text = answer(&address, &twice).await;
    assert!(text.ends_with("None None 0 3"), "{text}");
    assert_eq!(rejected_headers().repeated, before.repeated + 2);

    // The same trace twice, and nobody knows whose it is.
    let parent: &[u8] = b"traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    assert!(ask(&address, "/traced", &[parent]).await.ends_with("true"));
    assert!(ask(&address, "/traced", &[parent, parent]).await.ends_with("false"));
    assert_eq!(rejected_headers().repeated, before.repeated + 3);

    // One that is wrong takes nothing away from those that are right.
    let text = answer(&address, &[b"resilience-attempts-left: 2", b"resilience-attempt: 0"]).await;
    assert!(text.ends_with("None None 2 1"), "{text}");
    let text = answer(&address, &[b"grpc-timeout: 1S", b"resilience-timeout-ms: 99999999999"]).await;
    assert!(text.contains("Some(") && text.ends_with("None 0 3"), "{text}");
}

#[tokio::test]
async fn a_deadline_of_no_time_at_all_is_one() {
    let handler = async || format!("{:?}", current().remaining() == Some(Duration::ZERO));
    let address = serve(Router::new().route("/", get(handler)).layer(InheritLayer::new())).await;
    assert!(answer(&address, &[b"resilience-timeout-ms: 0"]).await.ends_with("true"));
}
