use resilience_runtime::resilient;

struct Client;

impl Client {
    #[resilient(skip)] //~ ERROR `skip` stands alone, on a method whose block has the attribute
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

#[resilient(retry = "exp")]
impl Client {
    #[resilient(skip, max = 3)] //~ ERROR `skip` stands alone, on a method whose block has the attribute
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
