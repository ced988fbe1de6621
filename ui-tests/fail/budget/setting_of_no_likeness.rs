use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", colour = 3))] //~ ERROR `budget(..)` takes
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
