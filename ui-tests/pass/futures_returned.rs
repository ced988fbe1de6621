//! Functions that are not `async` and return a future: `impl Future + Send`, boxed and pinned, and an alias of it.

use std::io;
use std::pin::Pin;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

struct Client {
    id: u32,
}

impl Client {
    #[resilient(retry = "fixed")]
    fn load(&self, name: String) -> impl Future<Output = io::Result<String>> + Send {
        let id = self.id;
        async move {
            FLAKY.run()?;
            Ok(format!("{name}{id}"))
        }
    }
}

#[resilient(retry = "fixed", timeout = "1s")]
fn boxed(name: &str) -> Pin<Box<dyn Future<Output = io::Result<usize>> + Send + '_>> {
    Box::pin(async move { Ok(name.len()) })
}

#[resilient(retry = "fixed", timeout = "1s")]
fn delegated(name: String) -> impl Future<Output = io::Result<usize>> {
    async fn inner(name: String) -> io::Result<usize> {
        Ok(name.len())
    }
    inner(name)
}

#[tokio::main]
async fn main() {
    let client = Client { id: 7 };
    let answer = tokio::spawn(async move { client.load("a".to_owned()).await }).await.unwrap();
    assert_eq!(answer.unwrap(), "a7");
    assert_eq!(FLAKY.runs(), 3);
    assert_eq!(boxed("abc").await.unwrap(), 3);
    assert_eq!(delegated("abcd".to_owned()).await.unwrap(), 4);
}
