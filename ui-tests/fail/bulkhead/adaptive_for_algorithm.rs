use resilience_runtime::resilient;

#[resilient(bulkhead("adaptive", max = 50, adaptive = "aimd"))] //~ ERROR `adaptive` has no effect in
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
