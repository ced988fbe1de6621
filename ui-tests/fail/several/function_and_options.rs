use resilience_runtime::resilient;

#[resilient(retry = "exp", tiemout = "1s")] //~ ERROR did you mean `timeout`?
const fn load(id: u64) -> std::io::Result<u64> { //~ ERROR a `const fn` cannot wait
    Ok(id)
}

fn main() {
    let _ = load(1);
}
