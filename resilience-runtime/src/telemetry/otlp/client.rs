//! HTTP for exporters, on the exporting runtime.
//!
//! Given to them by hand: left to itself, an exporter takes the client that the features of the whole program happen to
//! bring, and the asynchronous one would have no runtime under the SDK's threads.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use http::HeaderMap;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

#[derive(Debug)]
pub(super) struct Client {
    inner: reqwest::Client,
    /// Those of the program, which hold over those of the environment.
    headers: HeaderMap,
    runtime: Handle,
}

impl Client {
    pub(super) fn new(
        runtime: Handle,
        timeout: Duration,
        headers: HeaderMap,
    ) -> Result<Self, reqwest::Error> {
        let inner = reqwest::Client::builder().timeout(timeout).build()?;
        Ok(Self { inner, headers, runtime })
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
        Box::pin(async move { sent.await? })
    }
}
