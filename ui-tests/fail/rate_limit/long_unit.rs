use resilience_runtime::resilient;

#[resilient(rate_limit = "100/second")] //~ ERROR `100/second` is not a rate; write "100/s"
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
