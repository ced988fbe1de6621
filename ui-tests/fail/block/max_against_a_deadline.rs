use resilience_runtime::resilient;

struct Client;

#[resilient(retry("exp", base = "1s"), deadline = "5s")]
impl Client {
    #[resilient(max = 5, timeout = "4s")] //~ ERROR exceeds `deadline` of 5s
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
