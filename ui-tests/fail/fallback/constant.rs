use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = CACHED)] //~ ERROR mismatched types
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

const CACHED: &str = "none";

fn main() {}
