use resilience_runtime::resilient;

#[resilient(timeout = "1s", fields(id))] //~ ERROR cannot find value `id`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
