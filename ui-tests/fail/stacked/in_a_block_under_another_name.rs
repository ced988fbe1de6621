use std::io;

use resilience_runtime::resilient as res;

struct Store;

#[res(retry = "fixed", max = 4, base = "1ms")]
impl Store {
    #[res(retry = "none")] //~ ERROR find each other by the name `resilient`
    async fn append(&self) -> io::Result<()> {
        Ok(())
    }

    // No use by itself: it is the block's retry that has three attempts.
    #[res(max = 3)] //~ ERROR find each other by the name `resilient`
    async fn read(&self) -> io::Result<()> {
        Ok(())
    }

    #[res]
    async fn load(&self) -> io::Result<()> { //~ ERROR find each other by the name `resilient`
        Ok(())
    }
}

fn main() {
    let _ = (Store.append(), Store.read(), Store.load());
}
