use resilience_runtime::resilient;

// The mistake that the README shows.
#[resilient(retry = "exp", max = 5, base = "1s", deadline = "5s")]
async fn load_user(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {}
