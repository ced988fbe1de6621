use resilience_runtime::resilient;

#[resilient(bulkhead("db", max = 50, algorithm = "aimd"))] //~ ERROR `algorithm` has no effect outside of
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
