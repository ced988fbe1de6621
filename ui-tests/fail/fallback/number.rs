use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = 5)] //~ ERROR `5` is no result
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
