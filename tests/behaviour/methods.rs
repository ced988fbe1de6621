//! Every shape of method: of types and of traits, with every receiver, under `#[async_trait]` and without.

use std::cell::Cell;
use std::io;
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::sync::Arc;

use resilience_runtime::resilient;
use resilience_tests::{ms, pass};
use tokio::task::yield_now;

use crate::shapes::{flaky, spawned, third};

#[derive(Clone, Debug, Default, PartialEq)]
struct Client {
    calls: u32,
}

impl Client {
    const NAME: &'static str = "client";

    #[resilient(retry = "fixed")]
    async fn by_ref(&self, key: &str) -> io::Result<String> {
        flaky()?;
        Ok(format!("{} {key} {}", Self::NAME, self.calls))
    }

    #[resilient(retry = "fixed")]
    async fn by_mut(&mut self) -> io::Result<u32> {
        self.calls += 1;
        let add = |client: &mut Self| client.calls += 1;
        add(self);
        flaky()?;
        Ok(self.calls)
    }

    #[resilient(retry = "fixed")]
    async fn by_value(mut self) -> io::Result<Self> {
        self.calls += 1;
        flaky()?;
        let Self { calls } = self;
        Ok(Self { calls })
    }

    #[resilient(retry = "fixed")]
    async fn by_arc(self: Arc<Self>) -> io::Result<u32> {
        flaky()?;
        Ok(self.calls)
    }

    #[resilient(retry = "fixed")]
    async fn by_box(self: Box<Self>, other: &Self) -> io::Result<bool> {
        flaky()?;
        Ok(*self == *other)
    }

    // A borrow of the receiver itself: nothing is run again, so nothing is borrowed again.
    #[resilient(timeout = "1s")]
    async fn lend(&mut self) -> io::Result<&mut u32> {
        yield_now().await;
        Ok(&mut self.calls)
    }
}

#[tokio::test(start_paused = true)]
async fn methods_with_every_receiver() {
    let mut client = Client::default();
    assert_eq!(third(client.by_ref("k")).await, "client k 0");
    assert_eq!(third(client.by_mut()).await, 6);
    *client.lend().await.unwrap() = 9;
    assert_eq!(spawned(client.clone().by_value()).await, Client { calls: 10 });
    assert_eq!(spawned(Arc::new(client.clone()).by_arc()).await, 9);
    assert!(third(Box::new(client.clone()).by_box(&client)).await);
}

struct Pinned {
    calls: Cell<u32>,
    _pinned: PhantomPinned,
}

impl Pinned {
    #[resilient(retry = "fixed")]
    async fn by_pin(self: Pin<&mut Self>) -> io::Result<u32> {
        let pinned = self.as_ref();
        pinned.calls.set(pinned.calls.get() + 1);
        flaky()?;
        Ok(self.calls.get())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_pinned_receiver() {
    let mut pinned = pin!(Pinned { calls: 0.into(), _pinned: PhantomPinned });
    assert_eq!(third(pinned.as_mut().by_pin()).await, 3);
}

trait Store {
    fn get<T: Clone + Send>(&self, value: T) -> impl Future<Output = io::Result<T>> + Send;

    fn provided(&self) -> impl Future<Output = io::Result<u32>> + Send
    where
        Self: Sync;
}

trait Defaulted: Sync {
    #[resilient(retry = "fixed")]
    fn double(&self, n: u32) -> impl Future<Output = io::Result<u32>> + Send {
        async move {
            flaky()?;
            Ok(n * 2)
        }
    }
}

impl Defaulted for Client {}

impl Store for Client {
    #[resilient(retry = "fixed")]
    async fn get<T: Clone + Send>(&self, value: T) -> io::Result<T> {
        flaky()?;
        yield_now().await;
        Ok(value)
    }

    #[resilient(retry = "fixed", timeout = "1s", deadline = "1m")]
    async fn provided(&self) -> io::Result<u32> {
        flaky()?;
        pass(ms(10)).await;
        Ok(self.calls)
    }
}

/// A caller that knows the trait alone.
async fn of_any_store(store: impl Store + Sync + Send + 'static) -> io::Result<u32> {
    store.provided().await
}

#[tokio::test(start_paused = true)]
async fn methods_of_traits_are_send_where_the_trait_says_so() {
    let client = Client { calls: 4 };
    assert_eq!(third(client.get("v")).await, "v");
    assert_eq!(spawned(of_any_store(client.clone())).await, 4);
    assert_eq!(spawned(async move { client.double(4).await }).await, 8);
}

#[async_trait::async_trait]
trait Boxed: Send {
    async fn add(&mut self, text: String, pair: (u32, u32), sum: &mut u32) -> io::Result<String>;

    async fn consume(self, text: &str) -> io::Result<usize>;

    async fn change(self, text: String) -> io::Result<(Self, String)>
    where
        Self: Sized;

    async fn pinned(self: Pin<&mut Self>, ends: &[u32; 3]) -> io::Result<u32>;

    async fn instead(&self, a: &str, b: String, pair: (u32, u32), d: &mut u32) -> io::Result<String>;

    #[resilient(retry = "fixed")]
    async fn defaulted(&self, n: u32) -> io::Result<u32> {
        flaky()?;
        Ok(n)
    }
}

#[async_trait::async_trait]
impl Boxed for Client {
    #[resilient(retry = "fixed", timeout = "1s")]
    async fn add(&mut self, text: String, (a, mut b): (u32, u32), sum: &mut u32) -> io::Result<String> {
        self.calls += 1;
        b += 1;
        *sum += a + b;
        yield_now().await;
        flaky()?;
        Ok(format!("{text}{}", self.calls))
    }

    #[resilient(retry = "fixed")]
    async fn consume(self, text: &str) -> io::Result<usize> {
        flaky()?;
        let Self { calls } = self;
        Ok(calls as usize + text.len())
    }

    #[resilient(retry = "fixed")]
    async fn change(mut self, mut text: String) -> io::Result<(Self, String)> {
        self.calls += 1;
        text.push('!');
        flaky()?;
        Ok((self, text))
    }

    #[resilient(retry = "fixed", fallback = Self::last)]
    async fn pinned(mut self: Pin<&mut Self>, &[first, .., last]: &[u32; 3]) -> io::Result<u32> {
        self.calls += first + last;
        Err(io::ErrorKind::ConnectionReset.into())
    }

    #[resilient(fallback = Self::show)]
    async fn instead(&self, a: &str, b: String, (c, _): (u32, u32), d: &mut u32) -> io::Result<String> {
        *d += c;
        Err(io::Error::other(b + a))
    }
}

impl Client {
    #[expect(clippy::unnecessary_wraps, reason = "a fallback returns what the method does")]
    fn last(self: Pin<&mut Self>, ends: &[u32; 3]) -> io::Result<u32> {
        Ok(self.calls + ends[1])
    }

    async fn show(&self, a: &str, b: String, pair: (u32, u32), d: &mut u32) -> io::Result<String> {
        yield_now().await;
        Ok(format!("{a} {b} {pair:?} {d}"))
    }
}

mod around_the_block {
    //! The attribute on the whole block, above `#[async_trait]`.

    use super::{Client, flaky, io, resilient};

    #[async_trait::async_trait]
    pub(super) trait Ping {
        async fn ping(&self, host: &str) -> io::Result<String>;
    }

    #[resilient(retry = "fixed")]
    #[async_trait::async_trait]
    impl Ping for Client {
        async fn ping(&self, host: &str) -> io::Result<String> {
            flaky()?;
            Ok(format!("{host} {}", self.calls))
        }
    }
}

#[tokio::test(start_paused = true)]
async fn methods_under_async_trait() {
    use around_the_block::Ping;

    let (mut client, mut sum) = (Client::default(), 0);
    assert_eq!(third(client.add("n".to_owned(), (1, 2), &mut sum)).await, "n3");
    assert_eq!((client.calls, sum), (3, 12));
    assert_eq!(third(client.clone().consume("abc")).await, 6);
    let changed = client.clone().change("a".to_owned());
    assert_eq!(third(changed).await, (Client { calls: 4 }, "a!".to_owned()));
    let mut pinned = client.clone();
    assert_eq!(third(Pin::new(&mut pinned).pinned(&[1, 100, 2])).await, 3 + 3 * (1 + 2) + 100);
    let shown = client.instead("a", "b".to_owned(), (3, 4), &mut sum).await;
    assert_eq!(shown.unwrap(), "a b (3, 4) 15");
    let boxed: Box<dyn Ping> = Box::new(client.clone());
    assert_eq!(third(boxed.ping("host")).await, "host 3");
    assert_eq!(spawned(async move { client.defaulted(5).await }).await, 5);
}
