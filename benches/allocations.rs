//! A healthy call allocates nothing, whatever its policies and whether it waits, and a refusal by an open breaker neither.

use std::future::poll_fn;
use std::hint::black_box;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use resilience_benches::{for_each_case, prepare, ready};
use resilience_runtime::resilient;

#[test]
fn an_allocation_is_counted() {
    assert_eq!(allocation_counter::measure(|| drop(black_box(Box::new(7)))).count_total, 1);
}

#[test]
fn a_call_allocates_nothing_healthy_or_refused() {
    macro_rules! measure {
        ($name:literal, $function:path) => {
            // Names are looked up once, and a window that is not yet full takes what it needs.
            for n in 0..1_000 {
                assert_eq!(ready($function(n)).unwrap(), n);
            }
            let info = allocation_counter::measure(|| {
                for n in 0..1_000 {
                    assert_eq!(ready($function(n)).unwrap(), n);
                }
            });
            assert_eq!(info.count_total, 0, "{}", $name);
        };
    }
    prepare();
    for_each_case!(measure);
}

/// Waits for one poll.
#[resilient(retry, breaker = "waits", rate_limit = "1000000000/s", bulkhead = 64, timeout = "1s")]
async fn waits(n: u64) -> io::Result<u64> {
    let mut has_waited = false;
    poll_fn(|_| if std::mem::replace(&mut has_waited, true) { Poll::Ready(Ok(n)) } else { Poll::Pending })
        .await
}

#[test]
fn a_call_that_waits_allocates_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();
    let calls = || {
        for n in 0..1_000 {
            let mut call = pin!(waits(n));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(call.as_mut().poll(&mut cx).is_pending());
            assert!(matches!(call.as_mut().poll(&mut cx), Poll::Ready(Ok(answer)) if answer == n));
        }
    };
    calls();
    assert_eq!(allocation_counter::measure(calls).count_total, 0);
}
