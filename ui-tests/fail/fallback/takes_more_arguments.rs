use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR this fallback takes `&str`
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64, name: &str) -> io::Result<String> {
    Ok(format!("{name}{id}"))
}

fn main() {}
