use resilience_runtime::resilient;

#[resilient(retry("exp", max = 1, budget = "20%"))] //~ ERROR `budget` has no effect with `max = 1`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
