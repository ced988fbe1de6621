use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", max = 3)]
impl Client {
    #[resilient(max = 4, max = 5)] //~ ERROR `max` is written twice
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
