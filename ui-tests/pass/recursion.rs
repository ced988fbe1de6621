//! A function that calls itself through `Box::pin`, and two that call one another.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(3);

#[resilient(retry = "fixed", max = 4)]
async fn factorial(n: u64) -> io::Result<u64> {
    if n == 0 {
        FLAKY.run()?;
        return Ok(1);
    }
    Ok(n * Box::pin(factorial(n - 1)).await?)
}

#[resilient(retry = "fixed")]
fn is_even(n: u32) -> std::pin::Pin<Box<dyn Future<Output = io::Result<bool>> + Send>> {
    Box::pin(async move { if n == 0 { Ok(true) } else { is_odd(n - 1).await } })
}

#[resilient(retry = "fixed", timeout = "1s")]
async fn is_odd(n: u32) -> io::Result<bool> {
    if n == 0 { Ok(false) } else { is_even(n - 1).await }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(factorial(5).await.unwrap(), 120);
    assert_eq!(FLAKY.runs(), 4);
    assert!(is_even(10).await.unwrap());
    assert!(is_odd(7).await.unwrap());
}
