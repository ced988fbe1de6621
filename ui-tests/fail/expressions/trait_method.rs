use resilience_runtime::resilient;

trait Store {
    #[resilient(timeout = "0s")] //~ ERROR `timeout` must be longer than zero
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {}
