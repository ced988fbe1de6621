use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = cached)] //~ ERROR unsafe
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

unsafe fn cached(id: u64) -> io::Result<String> {
    Ok(id.to_string())
}

fn main() {}
