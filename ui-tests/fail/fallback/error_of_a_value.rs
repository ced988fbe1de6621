use std::io;

use resilience_runtime::resilient;

#[resilient(when_ok = String::is_empty, retry = "fixed", fallback = cached)] //~ ERROR with `when_ok` a value can be
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn cached(id: u64, error: io::Error) -> io::Result<String> {
    Ok(format!("{id}{error}"))
}

fn main() {}
