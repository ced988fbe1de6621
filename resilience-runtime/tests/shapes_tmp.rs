#![allow(missing_docs)]
use resilience_runtime::*;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

static N: AtomicU32 = AtomicU32::new(0);
fn flaky() -> io::Result<()> { if N.fetch_add(1, Ordering::Relaxed) % 3 < 2 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) } }

#[resilient(retry = "exp_jitter", max = 5, breaker = "db", timeout = "2s", deadline = "30s")]
async fn load(id: u64, name: &str, tags: Vec<String>, (a, b): (u32, String), mut n: u64, out: &mut Vec<u64>) -> io::Result<u64> {
    n += 1;
    out.push(id);
    drop(tags); drop(b);
    flaky()?;
    if name.is_empty() { return Ok(0) }
    Ok(id + n + u64::from(a))
}
#[derive(Clone)]
struct S { n: u32 }
impl S {
    #[resilient(retry = "fixed")]
    async fn m(&mut self, x: String) -> io::Result<String> { self.n += 1; let this = std::pin::Pin::new(self); this.get_mut().n += 1; flaky()?; Ok(x) }
    #[resilient(retry = "fixed")]
    async fn by(mut self, x: String) -> io::Result<(S, String)> { self.n += 1; assert_eq!(self.n, 1); flaky()?; Ok((self, x)) }
    #[resilient(timeout = "1s")]
    async fn borrow(&mut self) -> io::Result<&mut u32> { Ok(&mut self.n) }
    #[resilient(retry = "fixed", fallback = Self::other)]
    async fn fb(&self, x: String) -> io::Result<String> { Err(io::Error::other(x)) }
    async fn other(&self, x: String) -> io::Result<String> { Ok(format!("{x}{}", self.n)) }
    #[resilient(retry = "fixed")]
    fn fut(&self, x: String) -> impl Future<Output = io::Result<String>> + Send { let n = self.n; async move { flaky()?; Ok(format!("{x}{n}")) } }
}
#[async_trait::async_trait]
trait Tr { async fn go(&mut self, x: String, y: (u32, u32), z: &mut u32) -> io::Result<String>; async fn consume(self, s: &str) -> io::Result<u32>; }
#[async_trait::async_trait]
impl Tr for S {
    #[resilient(retry = "fixed", max = 3, timeout = "1s")]
    async fn go(&mut self, x: String, (a, mut b): (u32, u32), z: &mut u32) -> io::Result<String> { self.n += 1; b += 1; *z += 1; flaky()?; Ok(format!("{x}{a}{b}")) }
    #[resilient(retry = "fixed", max = 3)]
    async fn consume(self, s: &str) -> io::Result<u32> { flaky()?; let S { n } = self; Ok(n + s.len() as u32) }
}
trait Nat { fn nat<T: Clone + Send>(&self, t: T) -> impl Future<Output = io::Result<T>> + Send; }
impl Nat for S {
    #[resilient(retry = "fixed", max = 3, fields(n = self.n, kind = "x"), name = "nat", level = "debug")]
    async fn nat<T: Clone + Send>(&self, t: T) -> io::Result<T> { flaky()?; tokio::task::yield_now().await; Ok(t) }
}
#[resilient(retry = "fixed", when = |e: &String| e == "again", when_ok = |n| *n == 1)]
async fn pred() -> Result<u32, String> { match current().attempt() { 1 => Ok(1), 2 => Err("again".into()), _ => Ok(2) } }
#[resilient(retry = "fixed", max = 3)]
async fn hidden(n: u32) -> Result<impl Iterator<Item = u32>, String> { if current().attempt() < 2 { Err("x".to_string())? } Ok(0..n) }

#[tokio::test(start_paused = true)]
async fn shapes() {
    let mut out = vec![];
    assert_eq!(load(1, "x", vec![], (2, "".into()), 3, &mut out).await.unwrap(), 7);
    assert_eq!(out, [1, 1, 1]);
    let mut s = S { n: 0 };
    assert_eq!(s.m("q".into()).await.unwrap(), "q"); assert_eq!(s.n, 6);
    let s0 = S { n: 0 };
    assert_eq!(s0.by("q".into()).await.unwrap().1, "q");
    *s.borrow().await.unwrap() = 9;
    assert_eq!(s.fb("z".into()).await.unwrap(), "z9");
    assert_eq!(s.fut("z".into()).await.unwrap(), "z9");
    let mut z = 0;
    assert_eq!(s.go("a".into(), (1, 2), &mut z).await.unwrap(), "a13"); assert_eq!((z, s.n), (3, 12));
    assert_eq!(s.clone().consume("abc").await.unwrap(), 15);
    assert_eq!(tokio::spawn(async move { s.nat("k".to_owned()).await }).await.unwrap().unwrap(), "k");
    assert_eq!(pred().await, Ok(2));
    assert_eq!(hidden(3).await.unwrap().sum::<u32>(), 3);
}
