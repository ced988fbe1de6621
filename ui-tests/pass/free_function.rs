//! A free function with every policy, and `?`, `return` and a macro that returns in its body.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

macro_rules! bail {
    ($kind:ident) => {
        return Err(io::ErrorKind::$kind.into())
    };
}

#[resilient(retry = "exp_jitter", max = 5, breaker = "db", timeout = "2s", deadline = "30s", fallback = cached)]
async fn load(id: u64, name: &str) -> io::Result<u64> {
    let run = FLAKY.run()?;
    if name.is_empty() {
        bail!(InvalidInput);
    }
    if id == 0 {
        return Ok(0);
    }
    tokio::task::yield_now().await;
    Ok(id + u64::from(run))
}

async fn cached(id: u64, name: &str) -> io::Result<u64> {
    if id == 7 { Ok(700) } else { Err(io::Error::other(name.to_owned())) }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load(1, "a").await.unwrap(), 4);
    assert_eq!(FLAKY.runs(), 3);
    assert_eq!(load(0, "a").await.unwrap(), 0);
    // What fails for good is answered by the fallback.
    assert_eq!(load(7, "").await.unwrap(), 700);
    assert_eq!(FLAKY.runs(), 5);
}
