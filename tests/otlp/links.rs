//! The probe of a breaker that is half-open refers to the failure that opened it.

use std::io;
use std::time::Duration;

use resilience_runtime::{Rejected, resilient};
use resilience_tests::receiver::{Link, Receiver, Span, Value};
use thiserror::Error;

use crate::support::{Protocol, turn, under};

#[derive(Debug, Error)]
enum Failed {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

const REFUSED: Result<(), io::ErrorKind> = Err(io::ErrorKind::ConnectionRefused);

const OPEN_FOR: Duration = Duration::from_secs(1);

#[resilient(name = "by_two", breaker("by two", consecutive = 2, open_for = "1s", probes = 1))]
async fn by_two(answer: Result<(), io::ErrorKind>) -> Result<(), Failed> {
    Ok(answer.map_err(io::Error::from)?)
}

#[resilient(name = "unseen", breaker("unseen", consecutive = 1, open_for = "1s", probes = 1))]
async fn unseen(answer: Result<(), io::ErrorKind>) -> Result<(), Failed> {
    Ok(answer.map_err(io::Error::from)?)
}

/// Time stands still but for where it is told to go on; exporting has a time of its own.
fn paused<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime starts").block_on(future)
}

fn link_to(span: &Span) -> Link {
    Link { trace: span.trace.clone(), id: span.id.clone() }
}

#[test]
fn a_probe_is_linked_to_the_failure_that_opened_the_breaker() {
    let _turn = turn();
    for protocol in Protocol::ALL {
        let collector = Receiver::start();
        paused(async {
            let telemetry = protocol.to(collector.grpc(), collector.http()).build().unwrap();
            under(&telemetry, async {
                for _ in 0..2 {
                    assert!(matches!(by_two(REFUSED).await, Err(Failed::Io(_))));
                }
                assert!(matches!(by_two(Ok(())).await, Err(Failed::Rejected(_))));
                tokio::time::advance(OPEN_FOR).await;
                assert!(matches!(by_two(REFUSED).await, Err(Failed::Io(_))), "a probe, which opens it again");
                tokio::time::advance(OPEN_FOR).await;
                by_two(Ok(())).await.expect("a probe, which closes it");
                by_two(Ok(())).await.expect("closed");
            })
            .await;
            assert!(telemetry.shutdown().await.is_complete());
        });
        let received = collector.received();
        let mut attempts = received.spans_named("by_two attempt");
        attempts.sort_by_key(|span| span.start);
        let [first, second, failed_probe, probe, after] = attempts[..] else { panic!("{attempts:#?}") };
        assert_eq!(failed_probe.attributes["reliability.attempt.kind"], Value::from("probe"));
        assert_eq!(failed_probe.links, [link_to(second)]);
        assert_eq!(probe.links, [link_to(failed_probe)]);
        assert_eq!((&first.links[..], &second.links[..], &after.links[..]), (&[][..], &[][..], &[][..]));
        // Links are all that leads there: each call is a trace of its own.
        assert_ne!(probe.trace, failed_probe.trace);
    }
}

#[test]
fn a_failure_that_nobody_saw_is_linked_to_by_none() {
    let _turn = turn();
    let collector = Receiver::start();
    paused(async {
        let telemetry = Protocol::Http.to(collector.grpc(), collector.http()).build().unwrap();
        unseen(REFUSED).await.unwrap_err();
        tokio::time::advance(OPEN_FOR).await;
        under(&telemetry, unseen(Ok(()))).await.unwrap();
        assert!(telemetry.shutdown().await.is_complete());
    });
    let received = collector.received();
    let [probe] = received.spans_named("unseen attempt")[..] else { panic!("{received:#?}") };
    assert_eq!(probe.attributes["reliability.attempt.kind"], Value::from("probe"));
    assert_eq!(probe.links, []);
}
