use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp")]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(self.id().await)
    }

    async fn id(&self) -> u32 { //~ ERROR returns `u32`
        1
    }
}

fn main() {
    drop(Client.load());
}
