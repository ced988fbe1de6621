//! Where exporting happens: a tokio runtime of its own, on a thread of its own.
//!
//! So it does not matter what the program runs on: a runtime with one thread that waits for the end of an export, one
//! that is paused, one that has ended, or none. And what the libraries under an exporter tell about their own work is
//! told on this thread, where nothing is exported.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::io;
use std::sync::mpsc;
use std::thread;

use opentelemetry::Context;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::time;

/// The runtime; dropped, it ends, and with it what is under way.
#[derive(Debug)]
pub(super) struct Runtime {
    handle: Handle,
    _end: oneshot::Sender<()>,
}

impl Runtime {
    pub(super) fn start() -> io::Result<Self> {
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        thread::Builder::new().name("resilience-otlp".to_owned()).spawn(move || {
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    // Nobody is left to run for when nobody listens.
                    let _ = tell.send(Ok(runtime.handle().clone()));
                    let _ = runtime.block_on(ended);
                    runtime.shutdown_background();
                }
                Err(error) => _ = tell.send(Err(error)),
            }
        })?;
        let handle = told.recv().map_err(io::Error::other)??;
        Ok(Self { handle, _end: end })
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// What `future` gives within `limit`, which is measured by `runtime`, wherever this is polled.
pub(super) async fn within<F: Future>(runtime: &Handle, limit: Duration, future: F) -> Option<F::Output> {
    let mut timer = pin!(time::sleep_on(runtime, limit));
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(cx).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::future::pending;

    #[test]
    fn a_limit_holds_on_a_thread_without_a_runtime() {
        let runtime = Runtime::start().unwrap();
        let other = Builder::new_current_thread().build().unwrap();
        let limited = within(runtime.handle(), Duration::from_millis(5), pending::<()>());
        assert_eq!(other.block_on(limited), None);
    }

    #[test]
    fn what_it_runs_is_not_told_of() {
        let runtime = Runtime::start().unwrap();
        let other = Builder::new_current_thread().build().unwrap();
        let asked = runtime.handle().spawn(async { Context::is_current_telemetry_suppressed() });
        assert!(other.block_on(asked).unwrap());
        assert!(!Context::is_current_telemetry_suppressed());
    }

    #[test]
    fn it_ends_when_it_is_dropped() {
        let runtime = Runtime::start().unwrap();
        let handle = runtime.handle().clone();
        let (held, seen) = mpsc::channel::<()>();
        handle.spawn(async move {
            let _held = held;
            pending::<()>().await;
        });
        drop(runtime);
        assert_eq!(seen.recv_timeout(Duration::from_secs(60)), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
