use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};

static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(100)));

#[resilient(rate_limit = &API)] //~ ERROR write its path without `&`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
