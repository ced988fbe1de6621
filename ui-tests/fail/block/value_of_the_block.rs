use resilience_runtime::resilient;

struct Client;

#[resilient(timeout = "0s")] //~ ERROR evaluation panicked
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(retry = "exp")]
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
