//! The client: one annotated method. Statuses, `Retry-After` and reqwest's errors are classified by the runtime.
#![expect(unreachable_pub, reason = "reads as it would in a library of your own")]

use resilience_runtime::integration::reqwest::{HttpError, check};
use resilience_runtime::resilient;
use serde::Deserialize;

/// What the service knows of a user.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "printed by `Debug`")]
pub struct User {
    id: u64,
    name: String,
}

/// The client.
#[derive(Debug)]
pub struct Users {
    http: reqwest::Client,
    base: String,
}

impl Users {
    /// A client of the service at `base`.
    pub fn new(base: String) -> reqwest::Result<Self> {
        // The service is on this machine: a proxy of the environment could not reach it.
        Ok(Self { http: reqwest::Client::builder().no_proxy().build()?, base })
    }

    /// The user of that number.
    #[resilient(
        retry = "exp_jitter", max = 4, base = "50ms", timeout = "1s", deadline = "6s",
        breaker("users", failure_rate = "80%", min_calls = 50), fields(user.id = id),
    )]
    pub async fn user(&self, id: u64) -> Result<User, HttpError> {
        let response = self.http.get(format!("{}/users/{id}", self.base)).send().await?;
        Ok(check(response)?.json().await?)
    }
}
