//! More arguments than anything has a fixed list for.

#![allow(clippy::too_many_arguments, reason = "that is the case")]

use std::io;

use resilience_runtime::resilient;

#[resilient(retry = "fixed", max = 2, fallback = sum)]
async fn load(
    a: u32, b: String, c: u32, d: &str, e: u32, f: Vec<u32>, g: u32, h: u32, i: u32, j: &mut u32, k: u32, l: u32,
    m: u32, n: u32, o: u32, p: u32,
) -> io::Result<u32> {
    *j += 1;
    let _ = (a, b, c, d, e, f, g, h, i, k, l, m, n, o, p);
    Err(io::ErrorKind::TimedOut.into())
}

fn sum(
    a: u32, b: String, c: u32, d: &str, e: u32, f: Vec<u32>, g: u32, h: u32, i: u32, j: &mut u32, k: u32, l: u32,
    m: u32, n: u32, o: u32, p: u32,
) -> io::Result<u32> {
    let sizes = (b.len() + d.len() + f.len()) as u32;
    Ok(a + c + e + g + h + i + *j + k + l + m + n + o + p + sizes)
}

#[resilient(fallback = |a, b, c, d, e, f, g, h, i: u32| Ok(a + b + c + d + e + f + g + h + i))]
async fn with_a_closure(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32) -> io::Result<u32> {
    let _ = (a, b, c, d, e, f, g, h, i);
    Err(io::ErrorKind::TimedOut.into())
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let mut runs = 0;
    let b = "b".to_owned();
    assert_eq!(load(1, b, 1, "d", 1, vec![1], 1, 1, 1, &mut runs, 1, 1, 1, 1, 1, 1).await.unwrap(), 17);
    assert_eq!(with_a_closure(1, 1, 1, 1, 1, 1, 1, 1, 1).await.unwrap(), 9);
}
