use std::io;

use resilience_runtime::resilient;

#[resilient(fallback())] //~ ERROR `fallback(..)` needs at least one answer
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
