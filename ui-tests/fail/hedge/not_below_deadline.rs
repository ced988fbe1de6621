use resilience_runtime::resilient;

#[resilient(hedge(after = "2s"), idempotent, deadline = "1s")] //~ ERROR `hedge` of 2s must be shorter than `deadline` of 1s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
