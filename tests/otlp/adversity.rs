//! A collector that is down, hangs, refuses, or comes back: calls go on, and what is lost is counted.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use resilience_runtime::resilient;
use resilience_runtime::telemetry::{Report, Telemetry, TelemetryBuilder};
use resilience_tests::receiver::{Conduct, Receiver};

use crate::support::{Flavour, Protocol, Watch, each_way, turn, under};

#[resilient(name = "adverse", retry = "fixed", base = "1ms", max = 2)]
async fn adverse() -> io::Result<()> {
    tracing::info!("an attempt");
    Ok(())
}

/// Far more than anything takes here, on a machine that has other things to do too.
const MINUTE: Duration = Duration::from_secs(60);

/// Two spans and one log event each.
async fn calls(telemetry: &Telemetry, count: u64) {
    under(telemetry, async {
        for _ in 0..count {
            adverse().await.expect("it succeeds");
        }
    })
    .await;
}

/// To a collector that answers, in its own time.
fn patient(protocol: Protocol, receiver: &Receiver) -> TelemetryBuilder {
    protocol.to(receiver.grpc(), receiver.http()).timeout(MINUTE).shutdown_timeout(MINUTE)
}

/// Impatient, so that tests do not wait for a collector that does not answer.
fn impatient(protocol: Protocol, receiver: &Receiver) -> TelemetryBuilder {
    protocol.to(receiver.grpc(), receiver.http()).timeout(Duration::from_millis(300))
}

fn delivered(report: &Report) -> [(u64, u64); 2] {
    [(report.spans.exported, report.spans.lost), (report.logs.exported, report.logs.lost)]
}

/// Nothing arrived, all of it is counted, and the end came in time.
fn all_is_lost(misbehave: impl Fn(Receiver) -> Option<Receiver>) {
    let _turn = turn();
    each_way(|flavour, protocol, collector| {
        let builder = impatient(protocol, &collector);
        let collector = misbehave(collector);
        let watch = Watch::start();
        let report = flavour.run(async {
            let telemetry = builder.immediate().build().expect("the address is one");
            for _ in 0..3 {
                calls(&telemetry, 5).await;
                telemetry.flush().await;
            }
            calls(&telemetry, 5).await;
            telemetry.shutdown().await
        });
        assert!(watch.elapsed() < Duration::from_secs(12), "{:?} by {protocol:?}", watch.elapsed());
        assert_eq!(delivered(&report), [(0, 40), (0, 20)], "{report} by {protocol:?}");
        assert!(report.metrics.exported == 0 && report.metrics.lost > 0, "{report}");
        assert!(!report.is_complete());
        if let Some(collector) = collector {
            let received = collector.received();
            assert!(received.requests > 0);
            assert_eq!((received.spans.len(), received.logs.len()), (0, 0));
        }
    });
}

#[test]
fn what_a_collector_that_is_down_misses_is_counted() {
    all_is_lost(|receiver| {
        drop(receiver);
        None
    });
}

#[test]
fn what_a_collector_that_hangs_misses_is_counted() {
    all_is_lost(|receiver| {
        receiver.behave(Conduct::Hang);
        Some(receiver)
    });
}

#[test]
fn what_a_collector_refuses_is_counted() {
    all_is_lost(|receiver| {
        receiver.behave(Conduct::Refuse);
        Some(receiver)
    });
}

#[test]
fn what_a_collector_that_resets_connections_misses_is_counted() {
    let _turn = turn();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    for protocol in Protocol::ALL {
        let address = format!("http://{address}");
        let report = Flavour::CurrentThread.run(async {
            let builder = protocol.to(address.clone(), address).timeout(Duration::from_millis(300));
            let telemetry = builder.build().unwrap();
            calls(&telemetry, 2).await;
            telemetry.shutdown().await
        });
        assert_eq!(delivered(&report), [(0, 4), (0, 2)], "{report} by {protocol:?}");
    }
}

#[test]
fn a_call_does_not_wait_for_a_collector_that_hangs() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        receiver.behave(Conduct::Hang);
        flavour.run(async {
            let telemetry = impatient(protocol, &receiver)
                .timeout(10 * MINUTE)
                .shutdown_timeout(Duration::from_millis(100))
                .immediate()
                .build()
                .unwrap();
            calls(&telemetry, 1).await;
            receiver.wait_for("a request", |received| (received.requests > 0).then_some(()));
            let watch = Watch::start();
            calls(&telemetry, 100).await;
            assert!(watch.elapsed() < MINUTE, "{:?}", watch.elapsed());

            let watch = Watch::start();
            let report = telemetry.flush().await;
            assert!(report.spans.pending > 0 && !report.is_complete(), "{report}");
            let report = telemetry.shutdown().await;
            assert!(watch.elapsed() < MINUTE, "{:?}", watch.elapsed());
            assert_eq!(delivered(&report), [(0, 202), (0, 101)], "{report}");
        });
    });
}

/// As behind a firewall that drops what it does not know: nobody refuses, and nobody answers.
#[test]
fn a_connection_that_is_never_made_is_given_up() {
    let _turn = turn();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    // They wait to be accepted, and for more there is no place.
    let soon = Duration::from_millis(100);
    let waiting: Vec<_> = (0..8).map_while(|_| TcpStream::connect_timeout(&address, soon).ok()).collect();
    assert!(waiting.len() < 8, "the queue is never full");
    for protocol in Protocol::ALL {
        let address = format!("http://{address}");
        let report = Flavour::CurrentThread.run(async {
            let builder = protocol.to(address.clone(), address).timeout(Duration::from_millis(300));
            let telemetry = builder.shutdown_timeout(10 * MINUTE).build().unwrap();
            calls(&telemetry, 2).await;
            let watch = Watch::start();
            let report = telemetry.flush().await;
            assert!(watch.elapsed() < MINUTE, "{:?} by {protocol:?}", watch.elapsed());
            telemetry.shutdown().await;
            report
        });
        assert_eq!(delivered(&report), [(0, 4), (0, 2)], "{report} by {protocol:?}");
    }
}

#[test]
fn what_comes_after_a_collector_is_back_arrives() {
    let _turn = turn();
    // While nobody listens there, nobody else is to.
    let port = xtask::ports::free(2).expect("two ports are free");
    let [grpc, http] = [port, port + 1].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    each_way(|flavour, protocol, _| {
        let first = Receiver::start_at(grpc, http);
        flavour.run(async {
            let telemetry = patient(protocol, &first).build().unwrap();
            calls(&telemetry, 4).await;
            let report = telemetry.flush().await;
            assert_eq!(delivered(&report), [(8, 0), (4, 0)], "{report}");
            assert_eq!(first.received().spans.len(), 8);

            drop(first);
            calls(&telemetry, 3).await;
            let report = telemetry.flush().await;
            assert_eq!(delivered(&report), [(8, 6), (4, 3)], "{report}");

            let second = Receiver::start_at(grpc, http);
            // A connection that was refused is tried again a little later.
            let mut while_away = 0;
            while telemetry.report().spans.exported == 8 {
                while_away += 1;
                calls(&telemetry, 1).await;
                telemetry.flush().await;
                assert!(while_away < 100, "{}", telemetry.report());
            }
            let again = second.received().spans.len() as u64;
            calls(&telemetry, 5).await;
            let report = telemetry.shutdown().await;
            assert_eq!(report.spans.exported, 8 + again + 10, "{report}");
            assert_eq!(report.spans.exported + report.spans.lost, 2 * (4 + 3 + while_away + 5), "{report}");
            let arrived = second.received();
            assert_eq!(8 + arrived.spans.len() as u64, report.spans.exported);
            assert_eq!(4 + arrived.logs.len() as u64, report.logs.exported);
            assert!(report.metrics.exported > 0 && report.metrics.lost > 0, "{report}");
        });
    });
}

#[test]
fn traces_that_are_not_sampled_are_not_sent_and_not_lost() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        let report = flavour.run(async {
            let telemetry = patient(protocol, &receiver).sample_ratio(0.0).build().unwrap();
            calls(&telemetry, 10).await;
            telemetry.shutdown().await
        });
        assert!(report.is_complete(), "{report}");
        assert_eq!(delivered(&report), [(0, 0), (10, 0)], "{report}");
        let received = receiver.received();
        assert_eq!(received.spans, []);
        assert!(!received.metrics.is_empty());
    });
}

#[test]
fn what_is_left_is_sent_when_it_is_dropped_without_shutdown() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        flavour.run(async {
            let telemetry = patient(protocol, &receiver).build().unwrap();
            calls(&telemetry, 2).await;
            drop(telemetry);
        });
        let received = receiver.received();
        assert_eq!((received.spans.len(), received.logs.len()), (4, 2));
        assert!(!received.metrics.is_empty());
    });
}

#[test]
fn a_drop_does_not_wait_longer_than_it_says() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        receiver.behave(Conduct::Hang);
        let watch = Watch::start();
        flavour.run(async {
            let builder = impatient(protocol, &receiver).timeout(10 * MINUTE);
            let telemetry = builder.build().unwrap();
            calls(&telemetry, 2).await;
        });
        assert!(watch.elapsed() < MINUTE, "{:?}", watch.elapsed());
    });
}

#[test]
fn a_shutdown_that_is_dropped_ends_nevertheless() {
    let _turn = turn();
    each_way(|flavour, protocol, receiver| {
        flavour.run(async {
            let telemetry = patient(protocol, &receiver).build().unwrap();
            calls(&telemetry, 2).await;
            let mut shutdown = Box::pin(telemetry.shutdown());
            std::future::poll_fn(|cx| {
                let _ = shutdown.as_mut().poll(cx);
                std::task::Poll::Ready(())
            })
            .await;
            drop(shutdown);
        });
        assert_eq!(receiver.received().spans.len(), 4);
    });
}

#[test]
fn shutdown_needs_no_runtime_and_none_that_runs() {
    let _turn = turn();
    for protocol in Protocol::ALL {
        let receiver = Receiver::start();
        let telemetry = patient(protocol, &receiver).build().unwrap();
        Flavour::CurrentThread.run(calls(&telemetry, 2));
        // The runtime of the calls is gone; this polls where there is none.
        let report = pollster(telemetry.shutdown());
        assert!(report.is_complete(), "{report}");
        assert_eq!(receiver.received().spans.len(), 4);
    }
}

/// Polls on this thread, without a runtime.
fn pollster<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
    let mut cx = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(output) => return output,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn time_that_is_paused_does_not_reach_exporting() {
    let _turn = turn();
    for protocol in Protocol::ALL {
        let receiver = Receiver::start();
        let paused = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let report = paused.unwrap().block_on(async {
            let telemetry = patient(protocol, &receiver).build().unwrap();
            calls(&telemetry, 2).await;
            telemetry.shutdown().await
        });
        assert!(report.is_complete(), "{report}");
        assert_eq!(receiver.received().spans.len(), 4);
    }
}
