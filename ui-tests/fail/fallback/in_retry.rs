use std::io;

use resilience_runtime::resilient;

#[resilient(retry("fixed", fallback = cached))] //~ ERROR `fallback` is outermost
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64) -> io::Result<String> {
    Ok(id.to_string())
}

fn main() {}
