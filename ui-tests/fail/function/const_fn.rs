use resilience_runtime::resilient;

#[resilient(timeout = "2s")]
const fn load() -> std::io::Result<u32> { //~ ERROR a `const fn` cannot wait
    Ok(1)
}

fn main() {
    let _ = load();
}
