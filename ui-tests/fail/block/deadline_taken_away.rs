use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", max = "deadline", deadline = "10s")]
impl Client {
    #[resilient(timeout = "1s", deadline = "none")] //~ ERROR `max = "deadline"` needs a deadline
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
