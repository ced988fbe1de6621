use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", breaker = "db")]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    async fn store(&self) -> Result<u32, String> { //~ ERROR `String`
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
