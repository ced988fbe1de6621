use std::io;

use resilience_runtime::resilient;

#[resilient(when_ok = |value: &String| value.is_empty(), retry = "fixed", fallback = |id, error| Ok(format!("{id}{error}")))] //~ ERROR with `when_ok` a value can be
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
