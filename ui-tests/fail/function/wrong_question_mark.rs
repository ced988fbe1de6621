use resilience_runtime::resilient;

#[resilient(retry = "exp", timeout = "1s")]
async fn load(id: &str) -> std::io::Result<u32> {
    Ok(id.parse::<u32>()?) //~ ERROR `?` couldn't convert the error
}

fn main() {}
