use resilience_runtime::resilient;

trait Store {
    #[resilient(retry = "exp")]
    async fn load(&self) -> std::io::Result<u32>; //~ ERROR needs a body
}

fn main() {}
