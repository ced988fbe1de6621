use resilience_runtime::resilient;

struct Client;

#[resilient(timeout = "1s")]
impl Client {
    #[resilient(breaker(open_for = "5s"))] //~ ERROR `breaker(..)` begins with a name
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
