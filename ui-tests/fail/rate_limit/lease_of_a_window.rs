use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", lease = 64, algorithm = "sliding_window"))] //~ ERROR `lease` has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
