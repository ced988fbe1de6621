//! A `Result` under any name: of the standard library, of one's own, with a boxed error, behind a path.

use std::error::Error;
use std::io;

use resilience_runtime::{Rejected, resilient};

type Boxed<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;
type Loaded = io::Result<String>;

mod store {
    pub type Result<T> = std::result::Result<T, super::StoreError>;
}

#[derive(Debug)]
enum StoreError {
    Missing,
    Rejected,
}

impl From<Rejected> for StoreError {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

#[resilient(timeout = "1s")]
async fn boxed(text: &str) -> Boxed {
    text.parse::<u32>()?;
    Ok(())
}

#[resilient(retry = "fixed", timeout = "1s")]
async fn aliased() -> Loaded {
    Ok("a".to_owned())
}

#[resilient(retry = "fixed", max = 2, deadline = "1s")]
async fn own(key: u32) -> store::Result<u32> {
    if key == 0 { Err(StoreError::Missing) } else { Ok(key) }
}

#[resilient(timeout = "1s")]
async fn slow() -> store::Result<()> {
    std::future::pending().await
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert!(boxed("1").await.is_ok());
    assert!(boxed("one").await.unwrap_err().to_string().contains("invalid digit"));
    assert_eq!(aliased().await.unwrap(), "a");
    assert_eq!(own(3).await.unwrap(), 3);
    assert!(matches!(own(0).await, Err(StoreError::Missing)));
    assert!(matches!(slow().await, Err(StoreError::Rejected)));
}
