use resilience_runtime::resilient;

#[resilient(preset = "critical")] //~ ERROR the preset has a `timeout`, which cannot stop a function that is not async
fn load() -> std::io::Result<()> {
    Ok(())
}

#[resilient] //~ ERROR the preset has a `timeout`, which cannot stop a function that is not async
fn store() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
