use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR this fallback takes `&std::io::Error` behind
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64, error: &io::Error) -> io::Result<String> {
    Ok(format!("{id}{error}"))
}

fn main() {}
