use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp")]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    async fn log(&self) {} //~ ERROR or leave the method out with `#[resilient(skip)]`
}

fn main() {
    drop(Client.load());
    drop(Client.log());
}
