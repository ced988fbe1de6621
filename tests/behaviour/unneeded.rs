//! Receivers and arguments that a body has no use for: an attempt does not have them, and nothing is asked of them.

use std::io;
use std::pin::Pin;

use async_trait::async_trait;
use resilience_runtime::{current, resilient};

/// Fails in the first two attempts.
fn flaky() -> io::Result<()> {
    if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
}

/// What cannot be cloned.
struct Permit;

trait Service {
    fn call(&mut self, request: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>>;
}

impl Service for Permit {
    #[resilient(retry = "fixed", base = "1ms")]
    fn call(&mut self, request: u32) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
        Box::pin(async move {
            flaky()?;
            Ok(request)
        })
    }
}

#[async_trait]
trait Load {
    async fn load(&mut self, _: Permit, id: u32) -> io::Result<u32>;
}

#[async_trait]
impl Load for Permit {
    #[resilient(retry = "fixed", base = "1ms")]
    async fn load(&mut self, _: Permit, id: u32) -> io::Result<u32> {
        flaky()?;
        Ok(id)
    }
}

impl Permit {
    #[resilient(retry = "fixed", base = "1ms")]
    async fn taken(self, _: Self) -> io::Result<u32> {
        flaky()?;
        Ok(1)
    }

    #[resilient(retry = "fixed", base = "1ms", max = 2, fallback = |_, n| Ok(n + 1))]
    async fn handed_over(self, n: u32) -> io::Result<u32> {
        flaky()?;
        Ok(n)
    }

    #[resilient(retry = "fixed", base = "1ms", max = 1, fallback = |_, name: String| Ok(name.len()))]
    async fn answered(&mut self, _: String) -> io::Result<usize> {
        flaky()?;
        Ok(0)
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_of_what_the_body_does_not_use() {
    let future = Permit.call(2);
    assert_eq!(future.await.unwrap(), 2, "the service is gone, and its future goes on");
    assert_eq!(Permit.load(Permit, 3).await.unwrap(), 3);
    assert_eq!(Permit.taken(Permit).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_has_it_all_the_same() {
    assert_eq!(Permit.handed_over(4).await.unwrap(), 5);
    assert_eq!(Permit.answered("name".to_owned()).await.unwrap(), 4);
}

#[derive(Clone, Debug)]
struct Shown;

impl Shown {
    #[resilient(retry = "fixed", base = "1ms")]
    async fn by_mut(&mut self) -> io::Result<String> {
        flaky()?;
        Ok(format!("{self:?}"))
    }

    #[resilient(retry = "fixed", base = "1ms")]
    async fn by_value(self) -> io::Result<String> {
        flaky()?;
        Ok(format!("{self:?}"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_only_a_text_names_is_used() {
    assert_eq!(Shown.by_mut().await.unwrap(), "Shown");
    assert_eq!(Shown.by_value().await.unwrap(), "Shown");
}

// That clippy has nothing to say of the names, which the body does not use, is part of what this shows.
#[tokio::test(start_paused = true)]
async fn an_argument_that_says_so_by_its_name_is_used_by_the_attribute_alone() {
    fn longer(_id: u32, name: String) -> io::Result<usize> {
        flaky().map(|()| name.into_bytes().len())
    }
    #[resilient(fallback(|_, _| Err(io::ErrorKind::TimedOut.into()), longer, |id, _| Ok(id as usize)))]
    async fn several(_id: u32, _name: String) -> io::Result<usize> {
        flaky().map(|()| 0)
    }
    #[resilient(retry = "none", fallback = |_, name: &mut String| Ok(name.len()))]
    fn blocking(_id: u32, _name: &mut String) -> io::Result<usize> {
        flaky().map(|()| 0)
    }
    #[resilient(cache("60s"), coalesce)]
    async fn shared(_id: u32, _name: &str) -> Result<u32, io::ErrorKind> {
        Ok(current().attempt())
    }
    assert_eq!(several(3, "name".to_owned()).await.unwrap(), 3);
    assert_eq!(blocking(3, &mut "name".to_owned()).unwrap(), 4);
    assert_eq!(shared(3, "name").await, Ok(1));
}
