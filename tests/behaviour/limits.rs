//! Rate limits, bulkheads, budgets and throttles through the attribute.

use std::io;

use resilience_runtime::{RejectedKind, current, resilient};

#[tokio::test(start_paused = true)]
async fn smoke() {
    #[resilient(rate_limit = "2/s")]
    async fn limited() -> io::Result<u32> {
        Ok(1)
    }
    limited().await.unwrap();
    limited().await.unwrap();
    limited().await.unwrap_err();

    #[resilient(rate_limit("1/s", wait = "5s", key = tenant), bulkhead(1, queue = 5, wait = "1s", priority = 3))]
    async fn keyed(tenant: String) -> io::Result<usize> {
        tokio::task::yield_now().await;
        Ok(tenant.len())
    }
    let start = tokio::time::Instant::now();
    let (a, b, c) = tokio::join!(keyed("a".into()), keyed("a".into()), keyed("b".into()));
    assert_eq!((a.unwrap(), b.unwrap(), c.unwrap()), (1, 1, 1));
    assert_eq!(start.elapsed().as_millis(), 1000);

    #[resilient(retry = "fixed", max = 5, budget("b1", ratio = "10%", floor = 1))]
    async fn budgeted() -> io::Result<u32> {
        Err(io::Error::other(current().attempt().to_string()))
    }
    assert_eq!(budgeted().await.unwrap_err().to_string(), "2");
    assert_eq!(budgeted().await.unwrap_err().to_string(), "1");
    let _ = RejectedKind::RateLimited;
}
