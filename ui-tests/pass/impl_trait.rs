//! `impl Trait` as an argument and inside of the result.

use std::fmt::Display;
use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(1);

#[resilient(retry = "fixed")]
async fn longer(text: impl Display + Clone, by: impl Fn(usize) -> usize + Clone) -> io::Result<usize> {
    FLAKY.run()?;
    Ok(by(text.to_string().len()))
}

#[resilient(retry = "fixed", timeout = "1s")]
async fn numbers(to: u32) -> Result<impl Iterator<Item = u32> + Send, io::Error> {
    if to == 0 {
        Err(io::ErrorKind::InvalidInput)?;
    }
    Ok((0..to).filter(|number| number % 2 == 0))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(longer("abc", |len| len + 1).await.unwrap(), 4);
    assert_eq!(numbers(5).await.unwrap().collect::<Vec<_>>(), [0, 2, 4]);
    assert!(numbers(0).await.is_err());
}
