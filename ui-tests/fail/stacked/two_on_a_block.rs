use std::io;

use resilience_runtime::resilient;

struct Store;

#[resilient(timeout = "1s")]
#[resilient(retry = "fixed")] //~ ERROR a block has one attribute
impl Store {
    async fn load(&self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let _ = Store.load();
}
