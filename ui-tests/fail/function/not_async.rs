use resilience_runtime::resilient;

#[resilient(timeout = "2s")]
fn load() -> std::io::Result<u32> { //~ ERROR `#[resilient]` protects functions that wait
    Ok(1)
}

fn main() {
    let _ = load();
}
