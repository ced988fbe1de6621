use resilience_runtime::resilient;

#[resilient(retry = SLOW)] //~ ERROR cannot find value `SLOW`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
