//! reqwest-middleware: requests that name the attempt which sends them.

use ::http::Extensions;
use ::reqwest::{Request, Response};
use ::reqwest_middleware::{Error, Middleware, Next, Result};
use async_trait::async_trait;

use super::reqwest::HttpError;
use crate::outcome::chain::refusal;
use crate::outcome::{Class, Classify};
use crate::propagation::{current_headers, record_resend, record_server};

/// The `error.type` of what a middleware says by itself.
pub(super) const OF_MIDDLEWARE: &str = "reqwest_middleware::Middleware";

/// Adds [`current_headers`] to each request, in the place of what it has of them. Says on the attempt's span which server
/// is asked, `server.address` and `server.port`, and from the second attempt on how often the request was sent before:
/// `http.request.resend_count`.
///
/// Add it before middleware that opens spans of its own: behind that, such a span is the request's parent, and nobody
/// records any of this.
///
#[cfg_attr(feature = "macros", doc = "```no_run")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::integration::reqwest::{HttpError, check};
/// use resilience_runtime::integration::reqwest_middleware::Propagate;
/// use resilience_runtime::resilient;
/// use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
///
/// #[resilient(retry = "exp_jitter", max = 3, deadline = "2s")]
/// async fn user(client: &ClientWithMiddleware, id: u64) -> Result<String, HttpError> {
///     let response = client.get(format!("http://users.internal/{id}")).send().await?;
///     Ok(check(response)?.text().await?)
/// }
///
/// let client = ClientBuilder::new(reqwest::Client::new()).with(Propagate).build();
/// # let _ = user(&client, 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Propagate;

#[async_trait]
impl Middleware for Propagate {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        for (name, value) in &current_headers() {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        record_resend();
        if let Some(host) = request.url().host_str() {
            record_server(host, request.url().port_or_known_default());
        }
        next.run(request, extensions).await
    }
}

/// As the error of reqwest that it is. A middleware's own is taken as the [`Rejected`](crate::Rejected) that it was made
/// from; of any other nothing is known: transient.
#[diagnostic::do_not_recommend]
impl Classify for Error {
    fn classify(&self) -> Class {
        match self {
            Self::Reqwest(error) => error.classify(),
            Self::Middleware(error) => refusal(&**error).map_or(Class::Transient, Classify::classify),
        }
    }

    fn error_type(&self) -> &'static str {
        match self {
            Self::Reqwest(error) => error.error_type(),
            Self::Middleware(error) => refusal(&**error).map_or(OF_MIDDLEWARE, Classify::error_type),
        }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        match error {
            Error::Reqwest(error) => Self::Request(error),
            Error::Middleware(error) => match refusal(&*error) {
                Some(rejected) => Self::Rejected(*rejected),
                None => Self::Middleware(error.into()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Rejected;

    #[test]
    fn a_refusal_of_a_middleware_is_taken_as_that() {
        let refused = || Error::middleware(Rejected::throttled("api"));
        assert_eq!((refused().classify(), refused().error_type()), (Class::Ignored, "throttled"));
        let error = HttpError::from(refused());
        assert_eq!((error.classify(), error.error_type()), (Class::Ignored, "throttled"));
        assert!(matches!(error, HttpError::Rejected(_)), "{error:?}");
    }
}
