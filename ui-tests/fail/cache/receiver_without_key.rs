use resilience_runtime::resilient;

struct DbError;

struct Store(u32);

impl Store {
    #[resilient(cache = "60s")] //~ ERROR `cache` cannot tell one `self` from another
    async fn load(&self, id: u32) -> Result<u32, DbError> {
        Ok(self.0 + id)
    }
}

fn main() {
    let _ = Store(1).load(2);
}
