use resilience_runtime::resilient;

struct Client;

impl Client {
    #[resilient(retry = "exp", max = 0)] //~ ERROR `max` must be at least 1
    async fn load(&self) -> std::io::Result<u64> {
        self.store().await
    }

    #[resilient(timeout = 5)] //~ ERROR has no unit
    async fn store(&self) -> std::io::Result<u64> {
        Ok(1)
    }
}

fn main() {
    drop(Client.load());
}
