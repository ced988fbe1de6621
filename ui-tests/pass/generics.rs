//! Type and const parameters, bounds in place and in a `where` clause, a type that is `Send` and not `Sync`.

use std::cell::Cell;
use std::fmt::Debug;
use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

#[resilient(retry = "fixed")]
async fn load<T: Clone + Send, const N: usize>(value: T, keys: [u8; N]) -> io::Result<(T, usize)>
where
    T: Debug,
{
    FLAKY.run()?;
    tokio::task::yield_now().await;
    assert!(!format!("{value:?}").is_empty());
    Ok((value, keys.len()))
}

#[resilient(timeout = "1s")]
async fn once<E>(error: E) -> Result<(), E>
where
    E: From<resilience_runtime::Rejected>,
{
    Err(error)
}

struct Repository<T> {
    value: T,
}

impl<T: Clone + Send + Sync> Repository<T> {
    #[resilient(retry = "fixed", breaker = "repository")]
    async fn load(&self, more: Option<T>) -> io::Result<T> {
        Ok(more.unwrap_or_else(|| self.value.clone()))
    }
}

#[tokio::main]
async fn main() {
    let task = tokio::spawn(async { load(Cell::new(5), [0; 3]).await });
    let (value, len) = task.await.unwrap().unwrap();
    assert_eq!((value.get(), len, FLAKY.runs()), (5, 3, 3));
    assert!(once(io::Error::other("no")).await.is_err());
    assert_eq!(Repository { value: 3 }.load(None).await.unwrap(), 3);
}
