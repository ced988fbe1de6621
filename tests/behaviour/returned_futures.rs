//! Functions that return a future of what they borrow with `&mut`: it is gone before the next attempt borrows it again.

use std::future::ready;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{current, resilient};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Fails in the first two attempts.
fn flaky() -> io::Result<()> {
    if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
}

struct Counter(u32);

impl Counter {
    #[resilient(retry = "fixed", base = "1ms")]
    fn boxed(&mut self) -> BoxFuture<'_, io::Result<u32>> {
        Box::pin(async move {
            self.0 += 1;
            flaky()?;
            Ok(self.0)
        })
    }

    #[resilient(retry = "fixed", base = "1ms")]
    fn local<'a>(&'a mut self, by: &'a u32) -> LocalBoxFuture<'a, io::Result<u32>> {
        Box::pin(async move {
            self.0 += *by;
            flaky()?;
            Ok(self.0)
        })
    }

    #[resilient(retry = "fixed", base = "1ms")]
    fn written_out(&mut self) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send + '_>> {
        Box::pin(async move {
            self.0 += 1;
            flaky()?;
            Ok(self.0)
        })
    }

    #[resilient(retry = "fixed", base = "1ms", max = 2, fallback = |counter: &mut Self| Ok(counter.0 + 100))]
    fn hidden(&mut self) -> impl Future<Output = io::Result<u32>> + '_ {
        async move {
            self.0 += 1;
            flaky()?;
            Ok(self.0)
        }
    }
}

#[resilient(retry = "fixed", base = "1ms")]
fn unpinned(n: u32) -> Box<dyn Future<Output = io::Result<u32>> + Unpin> {
    Box::new(ready(flaky().map(|()| n)))
}

#[resilient(retry = "fixed", base = "1ms")]
fn boxed(n: u32) -> Box<dyn Future<Output = io::Result<u32>> + Send> {
    Box::new(async move {
        flaky()?;
        Ok(n)
    })
}

#[resilient(retry = "fixed", base = "1ms")]
fn counted(counter: &mut Counter) -> BoxFuture<'_, io::Result<u32>> {
    Box::pin(async move {
        counter.0 += 1;
        flaky()?;
        Ok(counter.0)
    })
}

#[tokio::test(start_paused = true)]
async fn each_attempt_makes_a_future_of_the_same_borrow() {
    assert_eq!(Counter(0).boxed().await.unwrap(), 3);
    assert_eq!(Counter(0).local(&2).await.unwrap(), 6);
    assert_eq!(Counter(0).written_out().await.unwrap(), 3);
    assert_eq!(Counter(0).hidden().await.unwrap(), 102, "the fallback borrows it once more");
    assert_eq!(counted(&mut Counter(0)).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_future_in_a_box_alone_is_one_again() {
    assert_eq!(unpinned(2).await.unwrap(), 2);
    assert_eq!(Box::into_pin(boxed(3)).await.unwrap(), 3);
}

#[resilient(retry = "fixed", base = "1ms")]
fn eager(calls: &AtomicU32) -> impl Future<Output = io::Result<u32>> {
    calls.fetch_add(1, Ordering::Relaxed);
    async { flaky().map(|()| 1) }
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_front_of_the_future_belongs_to_each_attempt_and_not_to_the_call() {
    let calls = AtomicU32::new(0);
    let call = eager(&calls);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    assert_eq!(call.await.unwrap(), 1);
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[resilient(retry = "fixed", base = "1ms", max = 3)]
fn by_statements(
    id: Option<u32>,
    cached: Option<u32>,
) -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    let Some(id) = id else {
        return Box::pin(ready(Err(io::ErrorKind::InvalidInput.into())));
    };
    if let Some(cached) = cached {
        return Box::pin(ready(flaky().map(|()| cached)));
    }
    match id {
        0 => Box::pin(ready(Ok(0))),
        1 => unreachable!("nobody asks for it"),
        id => Box::pin(async move {
            flaky()?;
            Ok(id)
        }),
    }
}

#[resilient(retry = "fixed", base = "1ms", max = 3)]
fn by_return(id: u32) -> impl Future<Output = io::Result<u32>> + Send {
    if id == 0 {
        return ready(Err(io::ErrorKind::InvalidInput.into()));
    }
    ready(flaky().map(|()| id))
}

#[resilient(retry = "fixed", base = "1ms", max = 3)]
fn not_yet() -> Pin<Box<dyn Future<Output = io::Result<u32>> + Send>> {
    todo!()
}

impl Counter {
    async fn count(&mut self, by: u32) -> io::Result<u32> {
        self.0 += by;
        ready(flaky()).await.map(|()| self.0)
    }

    #[resilient(retry = "fixed", base = "1ms")]
    fn passed_on(&mut self, by: u32) -> BoxFuture<'_, io::Result<u32>> {
        if by == 0 {
            return Box::pin(ready(Ok(self.0)));
        }
        Box::pin(self.count(by))
    }

    #[resilient(retry = "fixed", base = "1ms")]
    fn hidden_and_passed_on(&mut self, by: u32) -> impl Future<Output = io::Result<u32>> + Send + '_ {
        self.count(by)
    }

    #[resilient(retry = "fixed", base = "1ms")]
    fn of_itself(self: Pin<&mut Self>) -> BoxFuture<'_, io::Result<u32>> {
        Box::pin(self.get_mut().count(1))
    }

    #[resilient(deadline = "1s")]
    fn moved(mut self, by: u32) -> BoxFuture<'static, io::Result<u32>> {
        self.0 += by;
        Box::pin(async move { Ok(self.0) })
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_may_return_the_future_from_anywhere_and_make_different_ones() {
    assert_eq!(by_statements(None, None).await.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    assert_eq!(by_statements(Some(7), Some(6)).await.unwrap(), 6);
    assert_eq!(by_statements(Some(0), None).await.unwrap(), 0);
    assert_eq!(by_statements(Some(7), None).await.unwrap(), 7);
    assert_eq!(by_return(7).await.unwrap(), 7);
    assert_eq!(Counter(0).passed_on(2).await.unwrap(), 6);
    assert_eq!(Counter(5).passed_on(0).await.unwrap(), 5);
    assert_eq!(Counter(0).hidden_and_passed_on(2).await.unwrap(), 6);
    assert_eq!(Pin::new(&mut Counter(0)).of_itself().await.unwrap(), 3);
    assert_eq!(Counter(1).moved(2).await.unwrap(), 3);
    drop(not_yet());
}
