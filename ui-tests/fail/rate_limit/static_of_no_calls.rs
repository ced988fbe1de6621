use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};

static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(0))); //~ ERROR `rate` must admit

#[resilient(rate_limit = API)]
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
