//! What examples share: a client as a dependency would bring it, with policies of its own.

use std::io;

use resilience_runtime::resilient;

/// Reads a price; throttled, and limited to what the service allows.
///
/// # Errors
///
/// Whatever the service says.
#[resilient(
    retry = "decorrelated",
    max = 4,
    base = "20ms",
    cap = "500ms",
    throttle = "prices",
    rate_limit("200/s", wait = "50ms"),
    timeout = "300ms"
)]
pub async fn price(article: u32) -> io::Result<u64> {
    Ok(u64::from(article) * 100)
}

/// Reads how many are left.
///
/// # Errors
///
/// Whatever the service says.
#[resilient(breaker("stock", failure_rate = "25%", window = "30s"), timeout = "1s", deadline = "5s")]
pub async fn stock(article: u32) -> io::Result<u32> {
    Ok(article)
}
