//! One call with retries, read back from the collector: as spans, as metrics and as log events.

use std::error::Error;
use std::io;

use resilience_runtime::{Rejected, resilient};
use resilience_tests::receiver::{Kind, Received, Status, Value};
use tracing::level_filters::LevelFilter;

use crate::support::{each_way, turn, under};

/// What it is called.
const LUCKY: &str = "third_time_lucky";

#[resilient(name = "third_time_lucky", retry = "fixed", base = "2ms", max = 3, fields(item = item))]
async fn third_time_lucky(item: i64) -> io::Result<i64> {
    third_time(item)
}

/// Succeeds at the third attempt.
pub(crate) fn third_time(item: i64) -> io::Result<i64> {
    let cause = io::Error::other("what it is about");
    let error = &cause as &(dyn Error + 'static);
    tracing::error!(
        item,
        share = 0.5,
        last = false,
        kind = "a word",
        error,
        "an error that is logged is not the end of the call"
    );
    match resilience_runtime::current().attempt() {
        3 => Ok(item),
        _ => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

#[resilient(name = "slow", timeout = "50ms")]
async fn slow() -> Result<(), Rejected> {
    std::future::pending().await
}

#[resilient(name = "never", retry = "fixed", base = "1ms", max = 2)]
async fn never() -> io::Result<()> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

/// The values of all attributes of that name.
fn count(received: &Received, metric: &str, operation: &str) -> f64 {
    let points = received.points(metric, "reliability.operation.name", operation);
    points.iter().map(|point| point.value).sum()
}

#[test]
fn all_three_signals_of_a_call_arrive() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        let before = flavour.run(async {
            let telemetry = protocol
                .to(receiver.grpc(), receiver.http())
                .service_name("shop")
                .resource("deployment.environment.name", "test")
                .header("x-test", "a header")
                .level(LevelFilter::DEBUG)
                .build()
                .unwrap();
            telemetry.flush().await;
            let before = count(&receiver.received(), "retry.attempts", "third_time_lucky");
            let result = under(&telemetry, third_time_lucky(7)).await;
            assert_eq!(result.unwrap(), 7);
            let report = telemetry.shutdown().await;
            assert!(report.is_complete(), "{report}");
            // A call, three attempts, two waits.
            assert_eq!(report.spans.exported, 6, "{report}");
            before
        });
        let received = receiver.received();
        check_spans(&received, LUCKY);
        check_logs(&received, LUCKY);
        check_metrics(&received, LUCKY, before);
        assert!(received.headers.iter().all(|header| header == "a header"), "{received:#?}");
        assert_eq!(received.headers.len(), received.requests);
    });
}

/// A call of that name with two retries, at `DEBUG`, of a service `shop`.
pub(crate) fn check_spans(received: &Received, name: &str) {
    let [call] = received.spans_named(name)[..] else { panic!("{:#?}", received.spans) };
    assert_eq!((call.parent.as_str(), call.kind, &call.status), ("", Kind::Internal, &Status::Unset));
    assert_eq!(call.attributes["reliability.outcome"], Value::from("success"));
    // Whole numbers as such: others arrive as texts.
    assert_eq!(call.attributes["reliability.attempt.count"], Value::Int(3));
    assert_eq!(call.attributes["reliability.retry.max_attempts"], Value::Int(3));
    assert_eq!(call.attributes["item"], Value::Int(7));
    assert!(matches!(call.attributes["code.line.number"], Value::Int(line) if line > 0));
    assert!(matches!(call.attributes["reliability.retry.total_delay"], Value::Float(delay) if delay > 0.0));
    assert_eq!(call.resource["service.name"], Value::from("shop"));
    assert_eq!(call.resource["deployment.environment.name"], Value::from("test"));

    let children = received.children(call);
    let names: Vec<&str> = children.iter().map(|span| span.name.as_str()).collect();
    let attempt = format!("{name} attempt");
    assert_eq!(names, [&attempt, "backoff", &attempt, "backoff", &attempt]);
    for (number, attempt) in [(1, children[0]), (2, children[2]), (3, children[4])] {
        assert_eq!(attempt.kind, Kind::Internal);
        assert_eq!(attempt.attributes["reliability.attempt.number"], Value::Int(number));
        assert!(attempt.start >= call.start && attempt.end <= call.end, "{attempt:#?} in {call:#?}");
        if number == 3 {
            assert_eq!(attempt.status, Status::Unset, "a log event of level ERROR is no failure");
            assert!(!attempt.attributes.contains_key("error.type"));
        } else {
            assert!(matches!(&attempt.status, Status::Error(why) if !why.is_empty()), "{attempt:#?}");
            assert!(attempt.attributes.contains_key("error.type"));
        }
        assert_eq!(attempt.links, []);
        let [error] = &attempt.events[..] else { panic!("{attempt:#?}") };
        assert_eq!(error.name, "an error that is logged is not the end of the call");
        assert_eq!(error.attributes["item"], Value::Int(7));
        assert_eq!(error.attributes["share"], Value::Float(0.5));
        assert_eq!(error.attributes["last"], Value::Bool(false));
        assert_eq!(error.attributes["kind"], Value::from("a word"));
        assert_eq!(error.attributes["exception.message"], Value::from("what it is about"));
    }
    let events: Vec<&str> = call.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(events, ["reliability.retry.scheduled"; 2]);
    assert_eq!(call.events[1].attributes["reliability.attempt.number"], Value::Int(2));
}

pub(crate) fn check_logs(received: &Received, name: &str) {
    let named = |name: &str| received.logs.iter().filter(|log| log.name == name).collect::<Vec<_>>();
    let scheduled = named("reliability.retry.scheduled");
    assert_eq!(scheduled.len(), 2, "{:#?}", received.logs);
    let call = received.spans_named(name)[0];
    for log in scheduled {
        assert_eq!(log.span, call.id);
        assert_eq!(log.severity, "DEBUG");
        assert!(log.time > 0, "a log event without a time is of 1970 to backends");
        assert!(matches!(log.attributes["reliability.attempt.number"], Value::Int(_)));
        assert_eq!(log.resource["service.name"], Value::from("shop"));
    }
    let errors = received.logs.iter().filter(|log| log.severity == "ERROR").collect::<Vec<_>>();
    assert_eq!(errors.len(), 3);
    assert!(errors.iter().all(|log| log.attributes["item"] == Value::Int(7)));
    // Where it is written is no name of an event.
    assert!(errors.iter().all(|log| log.name.is_empty()), "{errors:#?}");
}

pub(crate) fn check_metrics(received: &Received, name: &str, before: f64) {
    assert!((count(received, "retry.attempts", name) - before - 3.0).abs() < f64::EPSILON);
    let duration = received.points("reliability.request.duration", "reliability.operation.name", name);
    assert_eq!(duration.iter().map(|point| point.count).sum::<u64>(), 1, "{duration:#?}");
    let metric = received.metrics.iter().find(|metric| metric.name == "retry.attempts");
    let metric = metric.expect("attempts are counted");
    assert_eq!((metric.kind, metric.unit.as_str()), ("sum", "{attempt}"));
    assert!(metric.points.iter().all(|point| point.is_int));
    assert_eq!(metric.resource["service.name"], Value::from("shop"));
}

#[test]
fn a_call_that_fails_is_an_error_and_says_why() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        flavour.run(async {
            let telemetry = protocol.to(receiver.grpc(), receiver.http()).build().unwrap();
            under(&telemetry, never()).await.unwrap_err();
            telemetry.shutdown().await;
        });
        let received = receiver.received();
        let call = received.spans_named("never")[0];
        assert!(matches!(&call.status, Status::Error(why) if why.contains("refused")), "{call:#?}");
        assert_eq!(call.attributes["reliability.retry.stop_reason"], Value::from("exhausted"));
        // At INFO, the default, the story without its waits.
        assert_eq!(received.children(call).len(), 2);
        let exhausted = received.logs.iter().find(|log| log.name == "reliability.retry.exhausted").unwrap();
        assert_eq!(exhausted.severity, "WARN");
        assert!(received.logs.iter().all(|log| log.name != "reliability.retry.scheduled"));
    });
}

#[test]
fn a_span_is_as_long_as_what_it_stands_for() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        flavour.run(async {
            let telemetry = protocol.to(receiver.grpc(), receiver.http()).build().unwrap();
            under(&telemetry, slow()).await.unwrap_err();
            telemetry.shutdown().await;
        });
        let received = receiver.received();
        for name in ["slow", "slow attempt"] {
            let [span] = received.spans_named(name)[..] else { panic!("{received:#?}") };
            // Its body was polled once, at the start.
            assert!(span.end - span.start >= 50_000_000, "{span:#?}");
        }
    });
}

#[test]
fn spans_arrive_while_the_program_runs_when_it_asks_for_that() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        flavour.run(async {
            let telemetry = protocol.to(receiver.grpc(), receiver.http()).immediate().build().unwrap();
            under(&telemetry, third_time_lucky(1)).await.unwrap();
            // Blocks the runtime: exporting has its own.
            let spans = |received: &Received| (received.spans.len() == 4).then_some(());
            receiver.wait_for("the call and its attempts", spans);
            telemetry.shutdown().await;
        });
    });
}
