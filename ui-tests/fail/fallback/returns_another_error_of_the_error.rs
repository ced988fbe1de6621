use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR mismatched types
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64, error: io::Error) -> Result<String, String> {
    Ok(format!("{id}{error}"))
}

fn main() {}
