use resilience_runtime::resilient;

#[resilient] //~ ERROR name at least one policy
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
