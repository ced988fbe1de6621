use resilience_runtime::resilient;

struct Client;

#[resilient(
    retri = "exp", //~ ERROR unknown option `retri`
    timeout = "2 parsecs", //~ ERROR `2 parsecs`
)]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(max = 3)]
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
