use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};

static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(10)).lease(64)); //~ ERROR `lease` of 64

#[resilient(rate_limit = API)]
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
