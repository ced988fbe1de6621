use resilience_runtime::resilient;

trait Store {
    fn load(&self, id: u64) -> impl Future<Output = std::io::Result<u64>> + Send;
}

struct Db;

impl Store for Db {
    #[resilient(retry = "exp")]
    async fn load(&self, id: u32) -> std::io::Result<u64> { //~ ERROR method `load` has an incompatible type
        Ok(id.into())
    }
}

fn main() {}
