//! Destructured arguments, `_`, `mut`, and one behind `#[cfg]`.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(2);

#[derive(Clone)]
struct Page {
    number: u32,
    size: u32,
}

#[resilient(retry = "fixed")]
async fn load(
    Page { number, mut size }: Page,
    (a, [b, ..]): (u32, [u32; 3]),
    _: String,
    mut offset: u32,
    #[cfg(any())] absent: u32,
    &limit: &u32,
) -> io::Result<u32> {
    // Counted from the same start in each attempt.
    offset += 1;
    size += 1;
    FLAKY.run()?;
    Ok(number + size + a + b + offset + limit)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let page = Page { number: 1, size: 10 };
    assert_eq!(load(page, (100, [1000, 0, 0]), String::new(), 10_000, &100_000).await.unwrap(), 111_113);
    assert_eq!(FLAKY.runs(), 3);
}
