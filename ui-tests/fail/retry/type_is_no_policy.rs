use resilience_runtime::resilient;

struct Steady;

#[resilient(retry = Steady)] //~ ERROR BackoffPolicy
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
