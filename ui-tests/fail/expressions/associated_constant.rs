use resilience_runtime::resilient;

struct Limits;

impl Limits {
    const MAX: u32 = 0;
}

#[resilient(retry = "exp", max = Limits::MAX)] //~ ERROR `max` must be at least 1
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
