use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};

const SHARED: RateLimiter = RateLimiter::new("shared", RateLimitConfig::new(Rate::per_second(10)));

#[resilient(rate_limit = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
