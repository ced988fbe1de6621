//! `&str`, named and elided lifetimes, `&mut` arguments, and a result that borrows from an argument.

use std::borrow::Cow;
use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(1);

#[resilient(retry = "fixed")]
async fn longer<'a>(one: &'a str, other: &'a str, out: &mut Vec<usize>, _unused: &[u8]) -> io::Result<&'a str> {
    out.push(one.len());
    FLAKY.run()?;
    Ok(if one.len() > other.len() { one } else { other })
}

#[resilient(retry = "fixed")]
async fn trimmed(text: &str) -> io::Result<Cow<'_, str>> {
    FLAKY.run()?;
    Ok(text.trim().into())
}

#[resilient(timeout = "1s")]
async fn first(buffer: &mut [u8]) -> io::Result<&u8> {
    buffer[0] = 7;
    Ok(&buffer[0])
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut out = Vec::new();
    assert_eq!(longer("abc", "de", &mut out, &[]).await.unwrap(), "abc");
    assert_eq!(out, [3, 3]);
    assert_eq!(trimmed(" a ").await.unwrap(), "a");
    assert_eq!(*first(&mut [0, 1]).await.unwrap(), 7);
}
