//! Code as it was written before edition 2024: explicit lifetimes, `extern crate`, `dyn`, paths from the root.

extern crate resilience_runtime as resilience;

use ::std::future::Future;
use ::std::io;
use ::std::pin::Pin;

use resilience::resilient;

struct Client<'c> {
    name: &'c str,
}

impl<'c> Client<'c> {
    #[resilient(retry = "fixed", timeout = "1s", crate = ::resilience_runtime)]
    async fn load<'s, 'n>(self: &'s Self, name: &'n str) -> Result<String, io::Error>
    where
        'c: 's,
    {
        Ok(::std::format!("{}{}", self.name, name))
    }

    #[resilient(retry = "fixed")]
    fn boxed<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<&'c str, io::Error>> + Send + 'a>> {
        Box::pin(async move { return Ok(self.name); })
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let client = Client { name: "a" };
    assert_eq!(client.load("b").await.unwrap(), "ab");
    assert_eq!(client.boxed().await.unwrap(), "a");
}
