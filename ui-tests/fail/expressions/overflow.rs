use resilience_runtime::resilient;

const MAX: u32 = u32::MAX;

#[resilient(retry = "exp", max = MAX + 1)] //~ ERROR attempt to compute `u32::MAX + 1_u32`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
