use resilience_runtime::resilient;

struct Order(u64);

impl Order {
    #[resilient(retry = "exp")]
    async fn pay(self) -> std::io::Result<u64> { //~ ERROR `Order` cannot be cloned
        Ok(self.0)
    }
}

fn main() {}
