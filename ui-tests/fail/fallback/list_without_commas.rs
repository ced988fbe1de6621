use std::io;

use resilience_runtime::resilient;

#[resilient(fallback(cached stale))] //~ ERROR `fallback(..)` takes functions
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
