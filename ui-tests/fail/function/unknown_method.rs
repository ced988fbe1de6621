use resilience_runtime::resilient;

struct Client;

impl Client {
    #[resilient(retry = "exp", timeout = "1s")]
    async fn load(&self, id: u64) -> std::io::Result<u64> {
        self.fetch(id).await //~ ERROR no method named `fetch`
    }
}

fn main() {}
