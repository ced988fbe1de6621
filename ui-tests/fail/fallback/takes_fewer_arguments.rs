use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR takes 0 arguments
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached() -> io::Result<String> {
    Ok(String::new())
}

fn main() {}
