use resilience_runtime::resilient;

struct Key;

#[resilient(retry = "exp")]
fn load(key: Key) -> std::io::Result<u32> { //~ ERROR this argument is needed again
    drop(key);
    Ok(1)
}

fn main() {
    let _ = load(Key);
}
