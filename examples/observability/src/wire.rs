//! What goes from one process to another: the one place where requests are made.

use reqwest::Client;
use resilience_runtime::integration::reqwest::{HttpError, check};

/// Asks another process.
///
/// # Errors
///
/// Where there is no answer, or one whose status is an error.
pub(crate) async fn get(http: &Client, url: String) -> Result<String, HttpError> {
    Ok(check(http.get(url).send().await?)?.text().await?)
}
