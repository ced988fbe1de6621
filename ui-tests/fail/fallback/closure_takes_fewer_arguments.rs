use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = || Ok(String::new()))] //~ ERROR expected to take 1 argument
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
