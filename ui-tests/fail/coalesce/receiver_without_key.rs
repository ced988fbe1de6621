use resilience_runtime::resilient;

struct Store(u32);

impl Store {
    #[resilient(coalesce)] //~ ERROR `coalesce` cannot tell one `self` from another
    async fn load(&self, name: &str) -> Result<u32, DbError> {
        Ok(self.0 + u32::from(name.is_empty()))
    }
}

#[derive(Clone)]
struct DbError;

fn main() {}
