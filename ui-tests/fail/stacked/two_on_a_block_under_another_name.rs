use std::io;

use resilience_runtime::resilient as res;

struct Store;

#[res(timeout = "1s")]
#[res(retry = "fixed")] //~ ERROR find each other by the name `resilient`
impl Store {
    async fn load(&self) -> io::Result<()> {
        Ok(())
    }

    async fn store(&self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let _ = (Store.load(), Store.store());
}
