use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR mismatched types
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: &str) -> io::Result<String> {
    Ok(id.to_owned())
}

fn main() {}
