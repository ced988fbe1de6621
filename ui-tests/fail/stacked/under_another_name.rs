use std::io;

use resilience_runtime::resilient as res;

#[res(timeout = "150ms")]
#[res(retry = "fixed", base = "100ms", max = 5)] //~ ERROR find each other by the name `resilient`
async fn load() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = load();
}
