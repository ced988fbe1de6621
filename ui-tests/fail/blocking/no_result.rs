use resilience_runtime::resilient;

#[resilient(retry = "exp")]
fn load() -> Option<u32> { //~ ERROR `Option<u32>`
    Some(1)
}

fn main() {
    let _ = load();
}
