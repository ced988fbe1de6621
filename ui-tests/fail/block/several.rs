use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", bulkhead(10, max = 3))] //~ ERROR begins with its `max`
impl Client {
    #[resilient(timeuot = "4s")] //~ ERROR unknown option `timeuot`
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(retry = "fixed", factor = 2.0)] //~ ERROR `factor` has no effect
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
