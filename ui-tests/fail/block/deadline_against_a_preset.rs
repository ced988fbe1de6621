use resilience_runtime::resilient;

struct Client;

#[resilient(preset = "critical", deadline = "3m")]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(deadline = "1m")] //~ ERROR exceeds `deadline` of 60s
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
