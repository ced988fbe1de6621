use std::io;

use async_trait::async_trait;
use resilience_runtime::{resilient, resilient as res};

#[async_trait]
trait Load {
    async fn load(&mut self, id: u32) -> io::Result<()>;
}

struct Store;

#[async_trait]
impl Load for Store {
    #[resilient(timeout = "150ms")]
    #[res(retry = "fixed", base = "100ms", max = 5)] //~ ERROR find each other by the name `resilient`
    async fn load(&mut self, id: u32) -> io::Result<()> {
        let _ = id;
        Ok(())
    }
}

fn main() {
    let _ = Store.load(1);
}
