use std::io;

use resilience_runtime::resilient;

#[resilient(fallback = Default::default())] //~ ERROR type annotations needed
async fn load(id: u32) -> io::Result<u32> {
    Ok(id)
}

fn main() {
    drop(load(1));
}
