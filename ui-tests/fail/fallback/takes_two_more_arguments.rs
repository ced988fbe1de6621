use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR takes 3 arguments
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64, name: &str, error: io::Error) -> io::Result<String> {
    Ok(format!("{id}{name}{error}"))
}

fn main() {}
