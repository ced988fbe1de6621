use std::io;

use resilience_runtime::resilient;

#[resilient(fallback(cached, stale))] //~ ERROR mismatched types
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64) -> io::Result<String> {
    Ok(id.to_string())
}

fn stale(id: u64) -> io::Result<u64> {
    Ok(id)
}

fn main() {}
