//! An `impl` block takes the attribute for its async methods, inherent and of a trait.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

struct Client;

#[resilient(retry = "fixed", timeout = "1s")]
impl Client {
    async fn load(&self) -> io::Result<u32> {
        FLAKY.run()
    }

    #[resilient(retry = "none")]
    async fn once(&self) -> io::Result<u32> {
        Err(io::ErrorKind::TimedOut.into())
    }

    #[resilient(skip)]
    async fn plain(&self) -> u32 {
        7
    }

    fn not_async(&self) -> u32 {
        8
    }
}

trait Store {
    async fn load(&self) -> io::Result<u32>;
}

#[resilient(retry = "fixed")]
impl Store for Client {
    async fn load(&self) -> io::Result<u32> {
        FLAKY.run()
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(Client.load().await.unwrap(), 3);
    assert_eq!(Store::load(&Client).await.unwrap(), 4);
    assert!(Client.once().await.is_err());
    assert_eq!(Client.plain().await + Client.not_async(), 15);
}
