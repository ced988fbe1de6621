//! Every annotated function of a program, before the first call: as tables, as Markdown and as JSON, with the waits of
//! each drawn. `cargo run --example catalog`, or with `-- markdown` or `-- json` for that form alone.

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;

use resilience_examples::{price, stock};
use resilience_runtime::catalog::{Entry, Severity};
use resilience_runtime::{Bulkhead, BulkheadConfig, catalog, resilient};

/// At most so many connections, whoever needs one.
static CONNECTIONS: Bulkhead = Bulkhead::new("connections", BulkheadConfig::new(16));

mod orders {
    use super::{CONNECTIONS, io, resilient};

    /// Where orders are kept.
    pub(crate) struct Orders;

    impl Orders {
        #[resilient(
            retry = "exp_jitter",
            max = 5,
            base = "100ms",
            cap = "1s",
            budget("orders", ratio = "10%"),
            breaker("orders", consecutive = 5, open_for = "10s"),
            bulkhead = CONNECTIONS,
            timeout = "250ms",
            deadline = "4s"
        )]
        pub(crate) async fn place(&self, article: u32) -> io::Result<u32> {
            Ok(article)
        }

        #[resilient(
            retry = "exp",
            max = "deadline",
            jitter = "equal",
            breaker = "orders",
            deadline = "30s",
            fallback = |_orders| Ok(Vec::new())
        )]
        pub(crate) async fn list(&self) -> io::Result<Vec<u32>> {
            Ok(vec![1])
        }
    }
}

/// One entry, whatever it is called with.
#[resilient(retry = "linear", max = 20, base = "50ms", jitter = 0.2, cap = "400ms")]
async fn publish<T: ToString + Clone>(message: T) -> io::Result<usize> {
    Ok(message.to_string().len())
}

/// Disagrees with the library on how the breaker is configured, as two authors do who do not know of each other.
#[resilient(breaker("stock", failure_rate = "50%", window = "30s"), timeout = "1s")]
async fn reserve(article: u32) -> io::Result<u32> {
    Ok(article)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let catalog = catalog();
    match std::env::args().nth(1).as_deref() {
        Some("markdown") => println!("{}", catalog.to_markdown()),
        Some("json") => println!("{}", catalog.to_json()),
        _ => {
            println!("{catalog}");
            for chart in catalog.entries.iter().filter_map(Entry::chart) {
                println!("{chart}");
            }
            println!("{}", catalog.to_markdown());
            println!("{}", catalog.to_json());
        }
    }

    // What a test suite asserts with `resilience_runtime::assert_sound!()`.
    let audit = catalog.audit().expect_err("two functions do not agree on `stock`");
    assert_eq!(audit.findings.len(), 1);
    assert!(catalog.findings.iter().any(|finding| finding.severity == Severity::Warning));

    // It was no trial: nothing has been called yet.
    let orders = orders::Orders;
    reserve(stock(orders.place(7).await?).await?).await?;
    publish(price(7).await?).await?;
    publish(orders.list().await?.len().to_string()).await?;
    Ok(())
}
