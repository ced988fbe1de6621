use resilience_runtime::resilient;

struct Client;

#[resilient(hedge = "50ms", idempotent)]
impl Client {
    #[resilient(timeout = "40ms")] //~ ERROR 50ms
    async fn send(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.send();
}
