use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", burst = 20, algorithm = "sliding_window"))] //~ ERROR `burst` has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
