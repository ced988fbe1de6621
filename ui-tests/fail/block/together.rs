use resilience_runtime::resilient;

struct Client;

#[resilient(timeout = "5s")]
impl Client {
    #[resilient(deadline = "2s")] //~ ERROR `timeout` of 5s must be shorter
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
