//! Arguments whose parts are bound by `ref`: each attempt takes a value of its own apart.

use std::io;

use async_trait::async_trait;
use resilience_runtime::{current, resilient};

/// Fails in the first two attempts.
fn flaky() -> io::Result<()> {
    if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
}

#[resilient(retry = "fixed", base = "1ms")]
async fn lengths((ref name, n): (String, usize), ref tag: String) -> io::Result<usize> {
    flaky()?;
    Ok(name.len() + n + tag.len())
}

#[resilient(retry = "fixed", base = "1ms", fields(user = %name))]
async fn changed((ref mut name, ref n): (String, usize), tag: &str) -> io::Result<String> {
    name.push_str(&n.to_string());
    flaky()?;
    Ok(format!("{name}{tag}"))
}

#[resilient(retry = "fixed", base = "1ms", max = 2, fallback = |(name, n), _error| Ok(name.len() * n))]
async fn answered((ref name, n): (String, usize)) -> io::Result<usize> {
    flaky()?;
    Ok(name.len() + n)
}

#[resilient(retry = "fixed", base = "1ms", hedge = "1s", idempotent, fallback = |(name, n)| Ok(name.len() * n))]
async fn hedged((ref name, n): (String, usize)) -> io::Result<usize> {
    flaky()?;
    Ok(name.len() + n)
}

#[resilient(retry = "fixed", base = "1ms")]
fn blocking((ref name, n): (String, usize)) -> io::Result<usize> {
    flaky()?;
    Ok(name.len() + n)
}

#[resilient(timeout = "1s")]
async fn once((ref name, n): (String, usize)) -> io::Result<usize> {
    Ok(name.len() + n)
}

#[async_trait]
trait Measure {
    async fn measure(&self, pair: (String, usize)) -> io::Result<usize>;
}

struct Ruler(usize);

#[async_trait]
impl Measure for Ruler {
    #[resilient(retry = "fixed", base = "1ms")]
    async fn measure(&self, (ref name, n): (String, usize)) -> io::Result<usize> {
        flaky()?;
        Ok(name.len() + n + self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn parts_are_bound_by_reference_in_each_attempt() {
    let pair = || ("abc".to_owned(), 4);
    assert_eq!(tokio::spawn(lengths(pair(), "ab".to_owned())).await.unwrap().unwrap(), 9);
    assert_eq!(changed(pair(), "!").await.unwrap(), "abc4!", "what an attempt changes is its own");
    assert_eq!(answered(pair()).await.unwrap(), 12);
    assert_eq!(hedged(pair()).await.unwrap(), 7);
    assert_eq!(blocking(pair()).unwrap(), 7);
    assert_eq!(once(pair()).await.unwrap(), 7);
    assert_eq!(Ruler(1).measure(pair()).await.unwrap(), 8);
}
