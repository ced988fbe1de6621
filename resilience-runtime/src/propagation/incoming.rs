//! What a request brings along, and the scope in which it holds.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use ::http::HeaderMap;
use pin_project_lite::pin_project;

use super::caller::Caller;
use super::headers;
use super::inherited::Inside;
use super::trace::Parent;

/// What a request brings along: the caller's deadline, its attempts, and its span.
///
/// The layer in `integration::tower` (feature `tower`) does this for servers of HTTP and gRPC; this is for others, such as
/// consumers of a queue. What [`scope`](Self::scope) runs, and the annotated functions in it,
///
/// - inherit the deadline, where it is sooner than theirs: it can only shorten;
/// - do not try again what the caller may try again: they stop with
///   [`StopReason::CallerRetries`](crate::StopReason::CallerRetries);
/// - with the feature `otel`, have the caller's span for a parent.
///
/// Nothing in it is believed beyond that: a header that is malformed, absurd or there more than once is ignored, counted
/// by [`rejected_headers`](super::rejected_headers), and told as an event.
///
/// ```
/// use resilience_runtime::{current, propagation::Incoming};
/// use http::{HeaderMap, HeaderValue};
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("resilience-timeout-ms", HeaderValue::from_static("250"));
/// let handler = Incoming::read(&headers).scope(async { current().remaining() });
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert!(handler.await.unwrap() <= Duration::from_millis(250));
/// assert_eq!(current().remaining(), None);
/// # });
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it holds in its scope alone"]
pub struct Incoming {
    caller: Caller,
    parent: Parent,
}

impl Incoming {
    /// Reads it. The time that the caller gives counts from now.
    pub fn read(headers: &HeaderMap) -> Self {
        let (timeout, attempt, attempts_left) = headers::read(headers);
        let parent = Parent::extract(headers, headers::check_trace(headers));
        Self { caller: Caller::new(timeout, attempt, attempts_left), parent }
    }

    /// The caller's deadline is no later than `longest` from now. Where it gave none, there is none.
    pub fn max_timeout(mut self, longest: Duration) -> Self {
        self.caller.cap(longest);
        self
    }

    /// Annotated functions retry as they would for any caller, also where this one may try again.
    pub fn retry_here(mut self) -> Self {
        self.caller.retry_here();
        self
    }

    /// Spans are not the caller's children, and its baggage is not passed on.
    pub fn without_trace(mut self) -> Self {
        self.parent = Parent::default();
        self
    }

    /// What the caller said.
    #[must_use]
    pub const fn caller(&self) -> Caller {
        self.caller
    }

    /// Runs `future` for that caller.
    ///
    /// It follows awaits; it does not follow `tokio::spawn`, whose task nobody waits for.
    pub fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { future, incoming: self }
    }

    /// Runs `f` for that caller.
    #[cfg(feature = "tower")]
    pub(crate) fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        let _inside = Inside::enter(self.caller);
        let _parent = self.parent.enter();
        f()
    }
}

pin_project! {
    /// A future that runs for a caller in another process; see [`Incoming::scope`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        incoming: Incoming,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _inside = Inside::enter(this.incoming.caller);
        let _parent = this.incoming.parent.enter();
        this.future.poll(cx)
    }
}
