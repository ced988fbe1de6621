use resilience_runtime::resilient;

#[resilient(preset = "standard", breaker(slow_rate = "50%", slow_call = "20s"))] //~ ERROR `slow_call` of 20s must be shorter
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
