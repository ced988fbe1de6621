use resilience_runtime::resilient;

struct Client;

#[resilient(timeout = "5s")] //~ ERROR evaluation panicked
impl Client {
    #[resilient(deadline = "2s")]
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
