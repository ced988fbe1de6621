use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = |id, error, more| Ok(format!("{id}{error}{more}")))] //~ ERROR expected to take 1 argument
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
