use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)]
async fn load(id: u64) -> io::Result<String> { //~ ERROR mismatched types
    Err(io::Error::other(id.to_string()))
}

fn cached(id: &str) -> io::Result<String> {
    Ok(id.to_owned())
}

fn main() {}
