use resilience_runtime::resilient;

struct Client;

#[resilient(hedge = "50ms", idempotent)]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    async fn store(&mut self) -> std::io::Result<u32> { //~ ERROR leave the method out
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
