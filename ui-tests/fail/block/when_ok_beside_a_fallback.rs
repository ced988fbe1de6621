use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", fallback = |_, error| async move { Err(error) })]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(when_ok = |value| *value == 0)] //~ ERROR with `when_ok` a value can be what failed
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
