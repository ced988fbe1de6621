use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", ratio = "10%"))] //~ ERROR `budget(..)` begins with its `ratio`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
