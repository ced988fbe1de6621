use resilience_runtime::resilient;

#[resilient(rate_limit = "100/s", burst = 20)] //~ ERROR `burst` belongs in `rate_limit(..)`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
