use resilience_runtime::resilient;

#[resilient(
    preset = "critical",
    max = 0, //~ ERROR `max` must be at least 1
    breaker("several", failures = 0), //~ ERROR `failures` must be at least 1
    timeout = "0s" //~ ERROR `timeout` must be longer than zero
)]
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
