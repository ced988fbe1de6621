//! Limits: a rate per tenant, places with a queue, a budget for retries and a throttle, each seen at work.
//! `cargo run --example limits`

#![expect(clippy::print_stdout, reason = "it is a program that shows something")]

use std::io;
use std::time::{Duration, Instant};

use resilience_runtime::{RetryBudget, Throttle, resilient};

/// Five calls a second for each tenant; those that come too soon wait in line, for half a second at most.
#[resilient(rate_limit("5/s", burst = 2, wait = "500ms", key = tenant), name = "report")]
async fn report(tenant: &str) -> io::Result<String> {
    Ok(format!("report for {tenant}"))
}

/// Two at once, and three that wait; who pays waits less.
#[resilient(bulkhead("render", max = 2, queue = 3, wait = "1s", priority = i32::from(paid)), name = "render")]
async fn render(page: u32, paid: bool) -> io::Result<u32> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(page)
}

/// Its dependency is down: retries are at most a tenth of the calls.
#[resilient(
    retry = "fixed",
    base = "1ms",
    max = 3,
    budget("search", ratio = "10%", floor = 2),
    name = "search"
)]
async fn search(word: &str) -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::ConnectionRefused, format!("nobody searches for {word}")))
}

/// Its dependency is down as well: soon most calls are not even made.
#[resilient(throttle = "suggest", name = "suggest")]
async fn suggest(word: &str) -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::ConnectionRefused, format!("nobody suggests {word}")))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    println!("rate limit: eight reports at once for one tenant, and one for another");
    let (mut answered, mut refused) = (0, 0);
    let calls: Vec<_> = (0..8).map(|_| tokio::spawn(report("ada"))).collect();
    println!("  {}", report("grace").await?);
    for call in calls {
        match call.await? {
            Ok(_) => answered += 1,
            Err(error) => {
                refused += 1;
                if refused == 1 {
                    println!("  {error}");
                }
            }
        }
    }
    println!(
        "  ada: {answered} answered, the burst and those whose turn came within the wait; {refused} refused\n"
    );

    println!("bulkhead: six pages at once, the fifth one paid for");
    let start = Instant::now();
    let calls: Vec<_> = (1..=6)
        .map(|page| {
            let paid = page == 5;
            tokio::spawn(async move { (page, paid, render(page, paid).await, start.elapsed()) })
        })
        .collect();
    for call in calls {
        let (page, paid, answer, after) = call.await?;
        let who = if paid { ", paid for," } else { "" };
        match answer {
            Ok(_) => println!("  page {page}{who} is there after {} ms", after.as_millis()),
            Err(error) => println!("  page {page}: {error}"),
        }
    }

    println!("\nbudget: a hundred searches of a dependency that is down, and their retries");
    let mut failed = 0;
    for _ in 0..100 {
        failed += u32::from(search("resilience").await.is_err());
    }
    if let Some(budget) = RetryBudget::named("search").map(RetryBudget::snapshot) {
        println!("  {failed} failed, {} retries were made, {} were not", budget.retries, budget.rejections);
    }

    println!("\nthrottle: a hundred suggestions of a dependency that is down");
    let mut sent = 0;
    for _ in 0..100 {
        let error = suggest("resilience").await.expect_err("it is down");
        sent += u32::from(error.kind() == io::ErrorKind::ConnectionRefused);
    }
    if let Some(throttle) = Throttle::named("suggest").map(Throttle::snapshot) {
        println!("  {sent} were sent; now {:.0} % are shed", throttle.probability * 100.0);
    }
    Ok(())
}
