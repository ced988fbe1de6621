//! Rate limits, bulkheads, budgets and throttles on functions of every shape.

use std::hash::Hash;
use std::io;

use resilience_runtime::{
    BudgetConfig, Bulkhead, BulkheadConfig, Rate, RateLimitConfig, RateLimiter, RejectedKind, RetryBudget,
    Throttle, ThrottleConfig, resilient,
};
use resilience_ui_tests::Flaky;

const RATE: Rate = Rate::per_hour(2);
const PLACES: u32 = 4;

static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_hour(1)));
static POOL: Bulkhead = Bulkhead::new("pool", BulkheadConfig::new(2));
static RETRIES: RetryBudget = RetryBudget::new("retries", BudgetConfig::new());
static SHED: Throttle = Throttle::new("shed", ThrottleConfig::new());
static FLAKY: Flaky = Flaky::new(2);

#[resilient(rate_limit = "100/s", bulkhead = 10, retry = "fixed", budget = "20%", throttle, deadline = "10s")]
async fn all(name: String) -> io::Result<usize> {
    Ok(name.len())
}

#[resilient(rate_limit = "100/s", bulkhead = 10, retry = "fixed", budget = "20%")]
async fn run_again(name: String) -> io::Result<usize> {
    FLAKY.run()?;
    Ok(name.len())
}

#[resilient(
    rate_limit("shapes", rate = RATE, wait = "1s", algorithm = "sliding_window"),
    bulkhead("shapes", max = 2 * PLACES, queue = PLACES, wait = "1s", priority = -1),
    retry("fixed", budget("shapes", ratio = 0.1, floor = 5, window = "1m")),
    throttle("shapes", k = 1.5, window = "1m"),
    deadline = "1m"
)]
async fn named() -> io::Result<u32> {
    Ok(1)
}

#[resilient(
    rate_limit = "shapes",
    bulkhead = "shapes",
    retry = "fixed",
    budget = "shapes",
    throttle = "shapes",
    deadline = "1m"
)]
async fn only_named() -> io::Result<u32> {
    Ok(2)
}

#[resilient(
    rate_limit(API, key = id % 2),
    bulkhead = POOL,
    retry("fixed", budget = RETRIES),
    throttle = SHED,
    deadline = "1m"
)]
async fn of_statics(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[resilient(bulkhead("adaptive", algorithm = "aimd", min = 2, max = 50))]
async fn adaptive() -> io::Result<()> {
    Ok(())
}

#[resilient(bulkhead("shapes-adaptive", adaptive = "gradient", max = 50), when = |_: &io::Error| false)]
async fn adaptive_by_name() -> io::Result<()> {
    Ok(())
}

#[resilient(rate_limit("shapes-leased", rate = "100/s", burst = 8 * PLACES, lease = PLACES))]
async fn leased() -> io::Result<()> {
    Ok(())
}

/// By an argument that the body takes along, without a policy that runs it again.
#[resilient(rate_limit("1/h", key = tenant))]
async fn by_argument(tenant: String) -> io::Result<String> {
    Ok(tenant)
}

#[resilient(rate_limit("1/h", key = (tenant, id), max_keys = 100))]
async fn by_two(tenant: &str, id: u64) -> io::Result<usize> {
    Ok(tenant.len() + usize::try_from(id).unwrap())
}

#[resilient(rate_limit("1/h", key = tenant))]
async fn by_generic<T: Hash + Send>(tenant: T) -> io::Result<T> {
    Ok(tenant)
}

#[resilient(rate_limit("1/h", key = tenant), retry = "fixed", deadline = "1m")]
async fn by_generic_again<T: Hash + Clone + Send>(tenant: T) -> io::Result<T> {
    Ok(tenant)
}

#[derive(Clone)]
struct Request {
    tenant: String,
    rank: u8,
}

#[resilient(
    rate_limit("1/h", key = tenant),
    bulkhead(1, queue = 5, wait = "1s", priority = rank),
    retry = "fixed",
    deadline = "1m"
)]
async fn destructured(Request { tenant, rank }: Request) -> io::Result<(String, u8)> {
    Ok((tenant, rank))
}

#[resilient(rate_limit("1/h", key = tenant), bulkhead(1, queue = 5, wait = "1s", priority = rank))]
async fn destructured_once(Request { tenant, rank }: Request) -> io::Result<(String, u8)> {
    Ok((tenant, rank))
}

struct Client {
    tenant: String,
    calls: u32,
}

impl Client {
    #[resilient(rate_limit("1/h", key = self.tenant), retry = "fixed", deadline = "1m")]
    async fn load(&self) -> io::Result<&str> {
        Ok(&self.tenant)
    }

    #[resilient(rate_limit("1/h", key = self.tenant.as_str()), bulkhead(1, queue = 1, wait = "1s", priority = 3))]
    async fn count(&mut self) -> io::Result<u32> {
        self.calls += 1;
        Ok(self.calls)
    }

    #[resilient(rate_limit("1/h", key = &self.tenant))]
    async fn into_tenant(self) -> io::Result<String> {
        Ok(self.tenant)
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(all("name".to_owned()).await.unwrap(), 4);
    assert_eq!(run_again("name".to_owned()).await.unwrap(), 4);
    assert_eq!(FLAKY.runs(), 3);
    assert_eq!((named().await.unwrap(), only_named().await.unwrap()), (1, 2));
    refused(named().await);
    refused(only_named().await);
    assert_eq!((of_statics(1).await.unwrap(), of_statics(2).await.unwrap()), (1, 2));
    refused(of_statics(3).await);
    leased().await.unwrap();
    adaptive().await.unwrap();
    adaptive_by_name().await.unwrap();

    assert_eq!(by_argument("a".to_owned()).await.unwrap(), "a");
    assert_eq!(by_argument("b".to_owned()).await.unwrap(), "b");
    refused(by_argument("a".to_owned()).await);
    assert_eq!((by_two("a", 1).await.unwrap(), by_two("a", 2).await.unwrap()), (2, 3));
    refused(by_two("a", 1).await);
    assert_eq!((by_generic(1).await.unwrap(), by_generic("a").await.unwrap()), (1, "a"));
    refused(by_generic(1).await);
    by_generic_again(1).await.unwrap();
    refused(by_generic_again(1).await);

    let request = Request { tenant: "a".to_owned(), rank: 3 };
    assert_eq!(destructured(request.clone()).await.unwrap(), ("a".to_owned(), 3));
    refused(destructured(request.clone()).await);
    assert_eq!(destructured_once(request.clone()).await.unwrap(), ("a".to_owned(), 3));
    refused(destructured_once(request).await);

    let mut client = Client { tenant: "a".to_owned(), calls: 0 };
    assert_eq!(client.load().await.unwrap(), "a");
    refused(client.load().await);
    assert_eq!(client.count().await.unwrap(), 1);
    refused(client.count().await);
    assert_eq!(client.into_tenant().await.unwrap(), "a");
}

/// The rate limit refused the call, and there is no time to come again.
fn refused<T>(result: io::Result<T>) {
    let error = result.map(drop).unwrap_err();
    let rejected =
        error.get_ref().and_then(|error| error.downcast_ref::<resilience_runtime::Rejected>()).unwrap();
    assert_eq!(rejected.kind(), RejectedKind::RateLimited);
}
