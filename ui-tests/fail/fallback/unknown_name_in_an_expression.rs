use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = Ok(name.to_owned()))] //~ ERROR cannot find value `name`
async fn load(id: u64) -> io::Result<String> {
    Err(io::Error::other(id.to_string()))
}

fn main() {}
