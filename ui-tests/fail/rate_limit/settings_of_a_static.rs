use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};

static API: RateLimiter = RateLimiter::new("api", RateLimitConfig::new(Rate::per_second(100)));

#[resilient(rate_limit(API, burst = 20, wait = "1s"))] //~ ERROR `burst` and `wait` belong to the `static`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
