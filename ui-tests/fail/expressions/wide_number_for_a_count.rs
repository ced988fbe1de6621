use resilience_runtime::resilient;

const MAX: usize = 3;

#[resilient(retry = "exp", max = MAX)] //~ ERROR mismatched types
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
