use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load() -> Result<u32, impl std::error::Error> { //~ ERROR this one is hidden
    "one".parse::<u32>()
}

fn main() {}
