use resilience_runtime::resilient;

struct Client {
    name: String,
}

impl Client {
    #[resilient(retry = "exp")]
    async fn load(&self) -> std::io::Result<String> {
        Ok(self.name) //~ ERROR cannot move out of `self.name`
    }
}

fn main() {}
