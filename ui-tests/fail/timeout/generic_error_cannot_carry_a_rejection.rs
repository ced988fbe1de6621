use resilience_runtime::resilient;

#[resilient(timeout = "2s")]
async fn load<E: std::error::Error>(error: E) -> Result<(), E> { //~ ERROR `E`
    Err(error)
}

fn main() {}
