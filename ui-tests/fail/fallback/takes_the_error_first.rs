use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR this fallback takes `u64`
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(error: io::Error, id: u64) -> io::Result<String> {
    Ok(format!("{id}{error}"))
}

fn main() {}
