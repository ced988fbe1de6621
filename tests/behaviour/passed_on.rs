//! Refusals that an inner function passes on in an error of the standard library's.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::resilient;
use resilience_tests::counted;

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_in_an_io_error_is_final_for_the_call_around_it() {
    #[resilient(breaker("passed_on_inner", consecutive = 1))]
    async fn inner() -> io::Result<()> {
        Err(reset())
    }
    #[resilient(retry = "fixed", max = 5, base = "1ms", breaker = "passed_on_outer")]
    async fn outer(tries: &AtomicU32) -> io::Result<()> {
        tries.fetch_add(1, Ordering::Relaxed);
        inner().await
    }
    let tries = AtomicU32::new(0);
    // The first failure is the dependency's and opens the inner breaker, whose refusal nobody tries again.
    assert_eq!(outer(&tries).await.unwrap_err().kind(), io::ErrorKind::ResourceBusy);
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(counted("passed_on_outer"), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_in_an_io_error_is_worth_another_attempt_and_a_deadline_is_not() {
    #[resilient(timeout = "1s")]
    async fn slow() -> io::Result<()> {
        std::future::pending().await
    }
    #[resilient(deadline = "1s")]
    async fn late() -> io::Result<()> {
        std::future::pending().await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn outer(is_late: bool, tries: &AtomicU32) -> io::Result<()> {
        tries.fetch_add(1, Ordering::Relaxed);
        if is_late { late().await } else { slow().await }
    }
    for (is_late, expected) in [(false, 3), (true, 1)] {
        let tries = AtomicU32::new(0);
        assert_eq!(outer(is_late, &tries).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(tries.load(Ordering::Relaxed), expected);
    }
}
