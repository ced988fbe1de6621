use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", burst = "20"))] //~ ERROR write the number without quotes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
