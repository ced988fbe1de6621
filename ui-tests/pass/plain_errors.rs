//! Errors that implement nothing at all, and the three ways to carry a rejection.

use resilience_runtime::{Error, Rejected, resilient};

struct Plain;

struct Carrying;

impl From<Rejected> for Carrying {
    fn from(_: Rejected) -> Self {
        Self
    }
}

enum Mapped {
    Rejected(Rejected),
}

#[resilient(retry = "fixed", max = 2)]
async fn retried() -> Result<(), Plain> {
    Err(Plain)
}

#[resilient(timeout = "1s")]
async fn carried() -> Result<(), Carrying> {
    std::future::pending().await
}

#[resilient(timeout = "1s", map_rejected = Mapped::Rejected)]
async fn mapped() -> Result<(), Mapped> {
    std::future::pending().await
}

#[resilient(timeout = "1s", map_rejected = |rejected| Some(rejected.name().to_owned()))]
async fn mapped_by_a_closure() -> Result<(), Option<String>> {
    std::future::pending().await
}

#[resilient(timeout = "1s")]
async fn wrapped(fails: bool) -> Result<(), Error<Plain>> {
    if fails {
        Err(Plain)?;
    }
    std::future::pending().await
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert!(retried().await.is_err());
    assert!(carried().await.is_err());
    assert!(matches!(mapped().await, Err(Mapped::Rejected(_))));
    assert!(mapped_by_a_closure().await.unwrap_err().unwrap().ends_with("mapped_by_a_closure"));
    assert!(matches!(wrapped(true).await, Err(Error::Inner(Plain))));
    assert!(matches!(wrapped(false).await, Err(Error::Rejected(_))));
}
