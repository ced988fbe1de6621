//! Hedged functions of every shape: the future is `Send` exactly when the body is.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use resilience_runtime::{current, resilient};
use tokio::task::yield_now;

/// Which attempt it is, after some time.
async fn attempt() -> io::Result<u32> {
    let number = current().attempt();
    while number == 1 {
        yield_now().await;
    }
    Ok(number)
}

#[resilient(hedge = "1ms", idempotent)]
async fn free(mut name: String, (a, _): (u32, Vec<u32>), _unused: &str) -> io::Result<(String, u32)> {
    name.push('!');
    Ok((name, a + attempt().await?))
}

#[resilient(hedge("p95", max = 2), idempotent, retry = "fixed", timeout = "1s", deadline = "1m", fallback = instead)]
async fn by_percentile(name: String, at: &str, hidden: impl Display + Clone + Send) -> io::Result<String> {
    let number = current().attempt();
    yield_now().await;
    if number < 2 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(format!("{name}{at}{hidden}{number}")) }
}

async fn instead(name: String, _at: &str, _hidden: impl Display + Clone) -> io::Result<String> {
    Ok(name)
}

#[resilient(hedge = "1ms", idempotency_key = value)]
async fn generic<'a, T: Clone + Display>(value: T, text: &'a str) -> io::Result<(T, &'a str)> {
    attempt().await?;
    Ok((value, text))
}

#[resilient(hedge = "1ms", idempotent, breaker = "hedged")]
fn a_future(id: u32) -> impl Future<Output = io::Result<u32>> + Send {
    let id = id + 1;
    async move { Ok(id + attempt().await?) }
}

#[resilient(hedge = "1ms", idempotent)]
fn boxed(id: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    Box::pin(async move { if id > 0 { boxed(id - 1).await } else { attempt().await } })
}

// A cell may be sent to another thread, but not shared with it.
#[resilient(hedge = "1ms", idempotent, retry = "fixed", fallback = |_| Ok(0))]
async fn sent_but_not_shared(cell: Cell<u32>) -> io::Result<u32> {
    let number = attempt().await?;
    Ok(cell.get() + number)
}

#[resilient(hedge = "1ms", idempotent, retry = "fixed")]
async fn not_sent(shared: Rc<RefCell<u32>>) -> io::Result<u32> {
    let held = Rc::clone(&shared);
    let number = attempt().await?;
    *held.borrow_mut() += number;
    Ok(*shared.borrow())
}

#[derive(Clone)]
struct Client {
    name: String,
}

trait Load: Sync {
    fn load<T: Clone + Send>(&self, value: T) -> impl Future<Output = io::Result<T>> + Send;
}

impl Load for Client {
    #[resilient(hedge = "1ms", idempotency_key = self.name, retry = "fixed", bulkhead = 10)]
    async fn load<T: Clone + Send>(&self, value: T) -> io::Result<T> {
        attempt().await?;
        if self.name.is_empty() { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(value) }
    }
}

#[resilient(hedge = "1ms", idempotent)]
impl Client {
    async fn shared(&self, more: &str) -> io::Result<String> {
        attempt().await?;
        Ok(format!("{}{more}", self.name))
    }

    async fn borrowed(&self) -> io::Result<&str> {
        attempt().await?;
        Ok(&self.name)
    }

    async fn owned(mut self) -> io::Result<Self> {
        self.name.push('!');
        attempt().await?;
        Ok(self)
    }

    async fn in_an_arc(self: Arc<Self>) -> io::Result<Arc<Self>> {
        attempt().await?;
        Ok(self)
    }
}

impl Client {
    #[resilient(hedge = "1ms", idempotent, fallback = Self::instead)]
    async fn saved(self, more: String) -> io::Result<String> {
        attempt().await?;
        Err(io::Error::new(io::ErrorKind::InvalidInput, self.name + &more))
    }

    async fn instead(self, more: String) -> io::Result<String> {
        Ok(more + &self.name)
    }
}

#[async_trait]
trait Store: Send + Sync {
    async fn load(&self, id: u64, name: &str) -> io::Result<String>;
    async fn consume(self, more: String) -> io::Result<String>
    where
        Self: Sized;
}

#[async_trait]
impl Store for Client {
    #[resilient(hedge = "1ms", idempotency_key = id, retry = "fixed")]
    async fn load(&self, id: u64, name: &str) -> io::Result<String> {
        attempt().await?;
        Ok(format!("{}{name}{id}", self.name))
    }

    #[resilient(hedge = "1ms", idempotent, fallback = |this: Self, more| Ok(this.name + &more))]
    async fn consume(self, more: String) -> io::Result<String> {
        attempt().await?;
        Err(io::Error::new(io::ErrorKind::InvalidInput, self.name + &more))
    }
}

struct Outer;

#[resilient(hedge = "1ms", idempotent)]
#[async_trait]
impl Store for Outer {
    async fn load(&self, id: u64, mut name: &str) -> io::Result<String> {
        name = name.trim();
        Ok(format!("{name}{id}{}", attempt().await?))
    }

    async fn consume(self, more: String) -> io::Result<String> {
        Ok(more)
    }
}

impl Clone for Outer {
    fn clone(&self) -> Self {
        Self
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let text = |text: &str| text.to_owned();
    tokio::spawn(async move {
        assert_eq!(free(text("a"), (1, vec![2]), "").await?, (text("a!"), 3));
        assert_eq!(by_percentile(text("a"), "b", 3).await?, "ab32");
        assert_eq!(generic(7, "a").await?, (7, "a"));
        assert_eq!((a_future(1).await?, boxed(2).await?), (4, 2));
        assert_eq!(sent_but_not_shared(Cell::new(1)).await?, 3);
        let client = Client { name: text("db") };
        assert_eq!(Load::load(&client, text("a")).await?, "a");
        assert_eq!((client.shared("!").await?.as_str(), client.borrowed().await?), ("db!", "db"));
        assert_eq!(client.clone().owned().await?.name, "db!");
        assert_eq!(client.clone().saved(text("a")).await?, "adb");
        assert_eq!(Arc::new(client.clone()).in_an_arc().await?.name, "db");
        let store: &dyn ErasedStore = &client;
        assert_eq!(store.erased().await?, "dbx7");
        assert_eq!(client.consume(text("!")).await?, "db!");
        assert_eq!(Outer.load(1, " a ").await?, "a12");
        assert_eq!(Outer.consume(text("a")).await?, "a");
        io::Result::Ok(())
    })
    .await??;
    let local = tokio::task::LocalSet::new();
    let shared = Rc::new(RefCell::new(1));
    assert_eq!(local.run_until(not_sent(shared)).await?, 3);
    Ok(())
}

#[async_trait]
trait ErasedStore: Send + Sync {
    async fn erased(&self) -> io::Result<String>;
}

#[async_trait]
impl<S: Store> ErasedStore for S {
    async fn erased(&self) -> io::Result<String> {
        Store::load(self, 7, "x").await
    }
}
