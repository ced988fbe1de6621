use resilience_runtime::resilient;

#[resilient(retry = "fixed", max = 4, timeout = "2s", deadline = "5s")] //~ ERROR 4 attempts of up to 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
