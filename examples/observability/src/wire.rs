//! What goes from one process to another, and what it says of the attempt that sent it.

use axum::Router;
use reqwest::Client;
use resilience_runtime::current_headers;
use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::integration::tower::InheritLayer;
use resilience_runtime::propagation::{TIMEOUT, record_resend};

/// Asks another process, in the name of the attempt that is running.
///
/// # Errors
///
/// Where there is no answer, or one whose status is an error.
pub(crate) async fn get(http: &Client, url: String) -> Result<String, HttpError> {
    record_resend();
    Ok(check(http.get(url).headers(current_headers()).send().await?)?.text().await?)
}

/// Asks as a stranger does whose headers make no sense. They are ignored, and counted.
pub(crate) async fn get_as_a_stranger(http: &Client, url: String) -> Result<String, HttpError> {
    Ok(check(http.get(url).header(TIMEOUT, "soon").send().await?)?.text().await?)
}

/// Answers in the name of the caller: in its trace, within the time that it has, and without retries that it makes itself.
pub(crate) fn inherit(routes: Router) -> Router {
    routes.layer(InheritLayer::new())
}
