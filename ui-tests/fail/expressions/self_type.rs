use resilience_runtime::resilient;

struct Client;

impl Client {
    const MAX: u32 = 3;

    #[resilient(retry = "exp", max = Self::MAX)] //~ ERROR `Self` is not known
    async fn load(&self) -> std::io::Result<u32> {
        Ok(Self::MAX)
    }
}

fn main() {}
