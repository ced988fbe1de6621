use resilience_runtime::resilient;

#[resilient(retry = "exp", timeout = "1s", deadline = "10s")]
async fn load() -> std::io::Result<u32> {
    String::from("one") //~ ERROR mismatched types
}

fn main() {}
