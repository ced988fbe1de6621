use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<()> { //~ ERROR mismatched types
    let _ = id + 1;
}

fn main() {}
