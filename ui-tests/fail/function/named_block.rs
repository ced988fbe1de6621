use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp", name = "load")] //~ ERROR every method of the block would have this name
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    drop(Client.load());
}
