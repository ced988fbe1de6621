use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", algorithm = "banana"))] //~ ERROR `banana` is not an algorithm for a rate
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
