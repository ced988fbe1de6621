use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR this fallback takes `String` behind the arguments
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

async fn cached(id: u64, error: String) -> io::Result<String> {
    Ok(format!("{id}{error}"))
}

fn main() {}
