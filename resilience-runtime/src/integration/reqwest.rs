//! reqwest: its errors as classes, and an answer checked by its status with the server's hint kept.

use core::fmt;
use core::time::Duration;
use std::error::Error as StdError;

use ::http::StatusCode;
use ::reqwest::{Error, Response};

use super::http::{classify_hinted, retry_after};
use crate::outcome::chain::{chain, refusal};
use crate::outcome::{Class, Classify, Rejected};

/// What is wrong before a request leaves (the URL, a header, a body that cannot be built), what is wrong with a body
/// that did arrive (it is no JSON) and a loop of redirects are permanent; a status is taken as
/// [`classify`](super::http::classify) says; everything else - no connection, a connection that broke before or in the
/// answer, a time-out - is transient. A [`Rejected`] by a function below the request, such as one that resolves names, is
/// taken as that.
///
/// Whether a request that may have reached the server can be sent again depends on the request: where it cannot, leave out
/// `retry`, or write the attribute twice, `retry` with a `when` above `breaker`. For a breaker in the same attribute an error
/// that `when` takes the retry from is an answer.
#[diagnostic::do_not_recommend]
impl Classify for Error {
    fn classify(&self) -> Class {
        if let Some(rejected) = refusal(self) {
            return rejected.classify();
        }
        if let Some(status) = self.status() {
            return classify_hinted(status, None).unwrap_or(Class::Permanent);
        }
        // A body that was cut short or took too long is a decode error to reqwest, whoever reads it.
        let is_unread = self.is_decode() && (self.is_timeout() || was_cut(self));
        let is_lasting = self.is_builder() || self.is_redirect() || self.is_decode() || self.is_upgrade();
        if is_lasting && !is_unread { Class::Permanent } else { Class::Transient }
    }

    fn error_type(&self) -> &'static str {
        if let Some(rejected) = refusal(self) {
            return rejected.error_type();
        }
        match self.status() {
            Some(status) => status_type(status),
            None if self.is_timeout() => "reqwest::Timeout",
            None if self.is_connect() => "reqwest::Connect",
            None if self.is_builder() => "reqwest::Builder",
            None if self.is_redirect() => "reqwest::Redirect",
            None if self.is_decode() => "reqwest::Decode",
            None if self.is_body() => "reqwest::Body",
            None if self.is_request() => "reqwest::Request",
            None => "reqwest::Error",
        }
    }
}

/// Whether the body ended too soon, and not only was not what it should be.
fn was_cut(error: &Error) -> bool {
    chain(error).any(|error| error.is::<hyper::Error>() || error.is::<std::io::Error>())
}

/// The error below all others, if there is one below `error`.
fn innermost(error: &Error) -> Option<&(dyn StdError + 'static)> {
    chain(error).skip(1).last()
}

/// What reqwest says, without the URL's query: it is shown in spans, and may hold what nobody is to see.
fn without_query(error: &Error) -> String {
    let said = error.to_string();
    match error.url().and_then(::reqwest::Url::query).filter(|query| !query.is_empty()) {
        Some(query) => said.replace(&format!("?{query}"), ""),
        None => said,
    }
}

/// The `error.type` of an answer: the status itself, as the semantic conventions for HTTP have it.
fn status_type(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        408 => "408",
        409 => "409",
        410 => "410",
        422 => "422",
        429 => "429",
        500 => "500",
        501 => "501",
        502 => "502",
        503 => "503",
        504 => "504",
        other if other < 500 => "4xx",
        _ => "5xx",
    }
}

/// Why a request has no good answer: an error type for annotated functions that call by reqwest.
///
/// `?` makes it from reqwest's own error, [`check`] from an answer whose status says that something is wrong, and the
/// attribute from a refusal by a policy. [`Classify`] is there, with the server's `Retry-After`.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// There was no answer, or it could not be read.
    Request(Error),
    /// A middleware of the user's own failed.
    #[cfg(feature = "reqwest-middleware")]
    Middleware(Box<dyn StdError + Send + Sync>),
    /// The answer's status is 400 or above.
    #[non_exhaustive]
    Status {
        /// The status.
        status: StatusCode,
        /// What the server's `Retry-After` asks for.
        retry_after: Option<Duration>,
        /// The answer, for its body.
        response: Box<Response>,
    },
    /// A policy refused the call or cut it short.
    Rejected(Rejected),
}

impl HttpError {
    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Request(error) => error.status(),
            #[cfg(feature = "reqwest-middleware")]
            Self::Middleware(_) => None,
            Self::Status { status, .. } => Some(*status),
            Self::Rejected(_) => None,
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // reqwest says that a request failed, and leaves it to its source to say why.
            Self::Request(error) => match innermost(error) {
                None => f.write_str(&without_query(error)),
                Some(cause) => write!(f, "{}: {cause}", without_query(error)),
            },
            #[cfg(feature = "reqwest-middleware")]
            Self::Middleware(error) => error.fmt(f),
            Self::Status { status, retry_after: None, .. } => write!(f, "the server answered {status}"),
            Self::Status { status, retry_after: Some(after), .. } => {
                write!(f, "the server answered {status}; retry after {after:?}")
            }
            Self::Rejected(rejected) => rejected.fmt(f),
        }
    }
}

impl StdError for HttpError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Request(error) => error.source(),
            #[cfg(feature = "reqwest-middleware")]
            Self::Middleware(error) => error.source(),
            Self::Status { .. } => None,
            Self::Rejected(rejected) => Some(rejected),
        }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl From<Rejected> for HttpError {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

#[diagnostic::do_not_recommend]
impl Classify for HttpError {
    fn classify(&self) -> Class {
        match self {
            Self::Request(error) => error.classify(),
            #[cfg(feature = "reqwest-middleware")]
            Self::Middleware(_) => Class::Transient,
            Self::Status { status, retry_after, .. } => {
                classify_hinted(*status, *retry_after).unwrap_or(Class::Permanent)
            }
            Self::Rejected(rejected) => rejected.classify(),
        }
    }

    fn error_type(&self) -> &'static str {
        match self {
            Self::Request(error) => error.error_type(),
            #[cfg(feature = "reqwest-middleware")]
            Self::Middleware(_) => super::reqwest_middleware::OF_MIDDLEWARE,
            Self::Status { status, .. } => status_type(*status),
            Self::Rejected(rejected) => rejected.error_type(),
        }
    }
}

/// The answer when its status is below 400, and otherwise an error that knows the status and the server's hint.
///
/// [`Response::error_for_status`] loses the headers, and with them when to come back.
///
/// # Errors
///
/// [`HttpError::Status`] for a status of 400 and above.
///
#[cfg_attr(feature = "macros", doc = "```no_run")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::integration::reqwest::{HttpError, check};
/// use resilience_runtime::resilient;
///
/// #[resilient(retry = "exp_jitter", max = 4, breaker = "users", timeout = "2s", deadline = "15s")]
/// async fn user(client: &reqwest::Client, id: u64) -> Result<String, HttpError> {
///     let response = client.get(format!("http://users.internal/{id}")).send().await?;
///     Ok(check(response)?.text().await?)
/// }
/// # let _ = user;
/// ```
pub fn check(response: Response) -> Result<Response, HttpError> {
    let status = response.status();
    if status.as_u16() < 400 {
        return Ok(response);
    }
    let retry_after = retry_after(response.headers());
    Err(HttpError::Status { status, retry_after, response: Box::new(response) })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use ::reqwest::dns::{Name, Resolve, Resolving};

    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Response {
        let mut answer = ::http::Response::builder().status(status);
        if let Some(after) = retry_after {
            answer = answer.header(::http::header::RETRY_AFTER, after);
        }
        answer.body("").unwrap().into()
    }

    #[test]
    fn an_answer_is_an_error_from_400_on() {
        assert!(check(answer(399, None)).is_ok());
        assert_eq!(check(answer(400, None)).unwrap_err().status(), Some(StatusCode::BAD_REQUEST));
        assert_eq!(check(answer(999, None)).unwrap_err().classify(), Class::Transient);
    }

    #[test]
    fn the_hint_of_the_server_is_kept() {
        let error = check(answer(503, Some("7"))).unwrap_err();
        assert_eq!(error.classify(), Class::Throttled { retry_after: Some(Duration::from_secs(7)) });
        assert_eq!(error.error_type(), "503");
        assert_eq!(error.to_string(), "the server answered 503 Service Unavailable; retry after 7s");
    }

    #[test]
    fn a_status_without_its_headers_is_taken_by_itself() {
        let error = answer(502, None).error_for_status().unwrap_err();
        assert_eq!((error.classify(), error.error_type()), (Class::Transient, "502"));
        let error = answer(404, None).error_for_status().unwrap_err();
        assert_eq!((error.classify(), error.error_type()), (Class::Permanent, "404"));
    }

    #[tokio::test]
    async fn a_request_that_cannot_be_built_is_permanent() {
        let client = ::reqwest::Client::new();
        let error = client.get("no url").send().await.unwrap_err();
        assert_eq!((error.classify(), error.error_type()), (Class::Permanent, "reqwest::Builder"));
    }

    #[tokio::test]
    async fn a_body_that_takes_too_long_is_transient() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", server.local_addr().unwrap());
        let answering = thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").unwrap();
            stream
        });
        let client =
            ::reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        let answer = client.get(url).send().await.unwrap();
        // From here on nothing arrives, and time goes on by itself.
        tokio::time::pause();
        let error = answer.text().await.unwrap_err();
        assert_eq!((error.classify(), error.error_type()), (Class::Transient, "reqwest::Timeout"));
        drop(answering.join());
    }

    /// Where nobody listens: a port that was free a moment ago may be that of another test by now.
    const NOBODY: &str = "http://127.0.0.1:1";

    async fn ask_nobody(path: &str) -> Error {
        let client = ::reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(format!("{NOBODY}{path}")).send().await.unwrap_err()
    }

    #[tokio::test]
    async fn the_query_of_a_request_is_not_shown() {
        let error = ask_nobody("/users?token=secret&page=2").await;
        let shown = HttpError::from(error).to_string();
        assert!(shown.contains(&format!("{NOBODY}/users)")), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_transient() {
        let error = ask_nobody("/").await;
        assert_eq!((error.classify(), error.error_type()), (Class::Transient, "reqwest::Connect"));
    }

    #[tokio::test]
    async fn a_refusal_below_a_request_is_taken_as_that() {
        struct Refusing;

        impl Resolve for Refusing {
            fn resolve(&self, _: Name) -> Resolving {
                Box::pin(async { Err(Rejected::throttled("names").into()) })
            }
        }

        let client = ::reqwest::Client::builder().no_proxy().dns_resolver(Refusing).build().unwrap();
        let error = client.get("http://users.internal/").send().await.unwrap_err();
        assert_eq!((error.classify(), error.error_type()), (Class::Ignored, "throttled"), "{error:?}");
    }
}
