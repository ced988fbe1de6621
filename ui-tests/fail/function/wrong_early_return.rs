use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 2)]
async fn load(id: u64) -> std::io::Result<u32> {
    if id == 0 {
        return "zero"; //~ ERROR mismatched types
    }
    Ok(1)
}

fn main() {}
