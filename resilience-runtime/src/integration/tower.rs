//! tower: a layer by which a server takes over what its callers say of their calls. It is one of HTTP services, and so
//! works in every server that is made of them: axum, hyper, tonic.

use core::task::{Context, Poll};
use core::time::Duration;

use ::http::Request;
use ::tower_layer::Layer;
use ::tower_service::Service;

use crate::propagation::{Incoming, Scoped};

/// The longest deadline that a caller can give, unless the layer says otherwise.
const MAX_TIMEOUT: Duration = Duration::from_secs(3600);

/// Runs each request for its caller: see [`Incoming`].
///
/// It belongs outside of all other layers that open spans, so that these are the caller's children too. A span that is
/// around already is left as the parent of what follows.
///
/// Neither a header that is missing nor one that is wrong makes a request fail.
///
/// ```
/// use resilience_runtime::integration::tower::InheritLayer;
/// use std::time::Duration;
///
/// let layer = InheritLayer::new().max_timeout(Duration::from_secs(30));
/// // axum: Router::new().route(..).layer(layer)
/// // tonic: Server::builder().layer(layer).add_service(..)
/// # let _ = layer;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct InheritLayer {
    max_timeout: Duration,
    retries_here: bool,
    with_trace: bool,
}

impl Default for InheritLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl InheritLayer {
    /// Takes over the span, the deadline up to an hour, and leaves retries to the caller where it may make them.
    #[must_use]
    pub const fn new() -> Self {
        Self { max_timeout: MAX_TIMEOUT, retries_here: false, with_trace: true }
    }

    /// The longest deadline that a caller can give: one that is further away is brought here. A caller that gives none
    /// has none.
    #[must_use]
    pub const fn max_timeout(mut self, longest: Duration) -> Self {
        self.max_timeout = longest;
        self
    }

    /// Annotated functions retry, also what the caller may try again: for a server that knows better, or whose callers do
    /// not try again what it answers.
    #[must_use]
    pub const fn retry_here(mut self) -> Self {
        self.retries_here = true;
        self
    }

    /// Spans are not the caller's children, and its baggage is not passed on: for a server whose callers are strangers, or that has another layer for this.
    #[must_use]
    pub const fn without_trace(mut self) -> Self {
        self.with_trace = false;
        self
    }
}

impl<S> Layer<S> for InheritLayer {
    type Service = Inherit<S>;

    fn layer(&self, inner: S) -> Inherit<S> {
        Inherit { inner, layer: *self }
    }
}

/// A service whose requests run for their callers; see [`InheritLayer`].
#[derive(Clone, Copy, Debug)]
pub struct Inherit<S> {
    inner: S,
    layer: InheritLayer,
}

impl<S, B> Service<Request<B>> for Inherit<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Scoped<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let InheritLayer { max_timeout, retries_here, with_trace } = self.layer;
        let mut incoming = Incoming::read(request.headers()).max_timeout(max_timeout);
        if retries_here {
            incoming = incoming.retry_here();
        }
        if !with_trace {
            incoming = incoming.without_trace();
        }
        let future = incoming.in_scope(|| self.inner.call(request));
        incoming.scope(future)
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;
    use core::future::{Ready, ready};
    use std::sync::Mutex;

    use super::*;
    use crate::current::current;
    use crate::propagation::caller;

    /// Answers with what it sees before there is a future.
    struct Eager<'seen>(&'seen Mutex<Vec<Option<u32>>>);

    impl Service<Request<()>> for Eager<'_> {
        type Response = Option<Duration>;
        type Error = Infallible;
        type Future = Ready<Result<Option<Duration>, Infallible>>;

        fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _request: Request<()>) -> Self::Future {
            self.0.lock().unwrap().push(caller().and_then(|caller| caller.attempt()));
            ready(Ok(current().remaining()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_service_does_before_it_is_polled_is_for_the_caller_too() {
        let seen = Mutex::new(Vec::new());
        let mut service = InheritLayer::new().layer(Eager(&seen));
        let request = |headers: &[(&str, &str)]| {
            let mut request = Request::builder();
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request.body(()).unwrap()
        };
        let asked = request(&[("resilience-timeout-ms", "70"), ("resilience-attempt", "2")]);
        assert_eq!(service.call(asked).await, Ok(Some(Duration::from_millis(70))));
        assert_eq!(service.call(request(&[])).await, Ok(None));
        // Nobody waits for that long.
        let asked = request(&[("resilience-timeout-ms", "86400000")]);
        assert_eq!(service.call(asked).await, Ok(Some(MAX_TIMEOUT)));
        assert_eq!(*seen.lock().unwrap(), [Some(2), None, None]);
        assert_eq!(caller(), None);
    }
}
