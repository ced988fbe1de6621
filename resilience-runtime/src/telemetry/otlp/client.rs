//! HTTP for exporters, on the exporting runtime.
//!
//! Given to them by hand: left to itself, an exporter takes the client that the features of the whole program happen to
//! bring, and the asynchronous one would have no runtime under the SDK's threads.

use core::error::Error;
use core::future::Future;
use core::iter::successors;
use core::pin::Pin;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// Why the latest request came to nothing: to the SDK, all that keeps one from an answer is a "network error".
#[derive(Clone, Debug, Default)]
pub(super) struct Cause(Arc<Mutex<Option<String>>>);

impl Cause {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Without the error itself where it has a source: it says the address once more, in which a password may stand.
    fn set(&self, error: &HttpError) {
        let error: &dyn Error = &**error;
        let first = error.source().unwrap_or(error);
        let chain = successors(Some(first), |error: &&dyn Error| (*error).source());
        let chain: Vec<String> = chain.map(ToString::to_string).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chain.join(": "));
    }
}

#[derive(Debug)]
pub(super) struct Client {
    inner: reqwest::Client,
    /// Those of the program, which hold over those of the environment.
    headers: HeaderMap,
    runtime: Handle,
    cause: Cause,
}

impl Client {
    pub(super) fn new(
        runtime: Handle,
        timeout: Duration,
        headers: HeaderMap,
        cause: Cause,
    ) -> Result<Self, reqwest::Error> {
        let inner = reqwest::Client::builder().timeout(timeout).build()?;
        Ok(Self { inner, headers, runtime, cause })
    }
}

impl HttpClient for Client {
    // As `async_trait` writes it.
    fn send_bytes<'life, 'answer>(
        &'life self,
        mut request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'life: 'answer,
        Self: 'answer,
    {
        request.headers_mut().extend(self.headers.clone());
        let client = self.inner.clone();
        let sent = self.runtime.spawn(async move { client.send_bytes(request).await });
        Box::pin(async move { sent.await?.inspect_err(|error| self.cause.set(error)) })
    }
}
