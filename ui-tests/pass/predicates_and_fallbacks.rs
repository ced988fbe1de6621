//! `when`, `when_ok`, `map_rejected` and `fallback` as paths, methods, closures, and closures without types.

use std::io;

use resilience_runtime::{Class, current, resilient};

#[derive(Debug, PartialEq)]
enum LoadError {
    Busy { code: u16 },
    Missing,
}

impl LoadError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

#[resilient(retry = "fixed", when = LoadError::is_busy)]
async fn by_a_method() -> Result<u32, LoadError> {
    match current().attempt() {
        1 => Err(LoadError::Busy { code: 503 }),
        2 => Err(LoadError::Missing),
        _ => Ok(1),
    }
}

#[resilient(retry = "fixed", when = |error| match error { LoadError::Busy { code: 503 } => Class::Transient, _ => Class::Permanent })]
async fn by_a_closure(code: u16) -> Result<u32, LoadError> {
    if current().attempt() < 3 { Err(LoadError::Busy { code }) } else { Ok(3) }
}

fn is_partial(values: &Vec<u32>) -> bool {
    values.len() < 2
}

#[resilient(retry = "fixed", when_ok = is_partial)]
async fn until_it_is_complete() -> io::Result<Vec<u32>> {
    Ok(vec![0; current().attempt() as usize])
}

#[resilient(retry = "fixed", when_ok = |values| values.is_empty(), when = |_| false)]
async fn until_it_is_there() -> io::Result<Vec<u32>> {
    Ok(vec![0; current().attempt() as usize - 1])
}

// Coerced as in an ordinary call.
fn says_busy(error: &dyn std::fmt::Debug) -> bool {
    format!("{error:?}").contains("Busy")
}

#[resilient(retry = "fixed", when = says_busy)]
async fn by_a_trait_object() -> Result<u32, LoadError> {
    if current().attempt() == 1 { Err(LoadError::Busy { code: 1 }) } else { Ok(2) }
}

#[resilient(fallback = |id, name| Ok(format!("{}{}", name.trim(), id.to_string())))]
async fn answered_by_a_closure(id: u64, name: &str) -> io::Result<String> {
    Err(io::Error::other(format!("{id}{name}")))
}

#[resilient(fallback = |id| async move { Ok(id.len()) })]
async fn answered_by_a_future(id: String) -> io::Result<usize> {
    Err(io::Error::other(id))
}

#[resilient(fallback = async |id: String| Ok(id.len()))]
async fn answered_by_an_async_closure(id: String) -> io::Result<usize> {
    Err(io::Error::other(id))
}

#[resilient(fallback = || Ok(7))]
async fn answered_without_arguments() -> io::Result<usize> {
    Err(io::ErrorKind::NotFound.into())
}

struct Client {
    default: u32,
}

impl Client {
    #[resilient(fallback = |this, _| Ok(this.default))]
    async fn load(&self, id: u32) -> io::Result<u32> {
        Err(io::Error::other(id.to_string()))
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(by_a_method().await, Err(LoadError::Missing));
    assert_eq!(by_a_closure(503).await, Ok(3));
    assert_eq!(by_a_closure(404).await, Err(LoadError::Busy { code: 404 }));
    assert_eq!(until_it_is_complete().await.unwrap().len(), 2);
    assert_eq!(until_it_is_there().await.unwrap().len(), 1);
    assert_eq!(by_a_trait_object().await, Ok(2));
    assert_eq!(answered_by_a_closure(3, " a ").await.unwrap(), "a3");
    assert_eq!(answered_by_a_future("abc".to_owned()).await.unwrap(), 3);
    assert_eq!(answered_by_an_async_closure("abcd".to_owned()).await.unwrap(), 4);
    assert_eq!(answered_without_arguments().await.unwrap(), 7);
    assert_eq!(Client { default: 5 }.load(1).await.unwrap(), 5);
}
