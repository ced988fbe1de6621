//! Functions and items inside of an annotated body, and an annotated function inside of another function.

use std::io;

use resilience_runtime::{current, resilient};

#[resilient(retry = "fixed", max = 2)]
async fn outer(id: u32) -> io::Result<u32> {
    const OFFSET: u32 = 10;

    struct Scaled(u32);

    impl Scaled {
        fn value(self) -> u32 {
            self.0 * 2
        }
    }

    #[resilient(retry = "fixed", max = 3)]
    async fn inner(id: u32) -> io::Result<u32> {
        match (current().depth(), current().attempt()) {
            (2, 3) => Ok(Scaled(id).value()),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    Ok(inner(id).await? + OFFSET)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    #[resilient(retry = "fixed", timeout = "1s")]
    async fn local(id: u32) -> io::Result<u32> {
        outer(id).await
    }

    assert_eq!(outer(1).await.unwrap(), 12);
    assert!(local(1).await.is_err());
}
