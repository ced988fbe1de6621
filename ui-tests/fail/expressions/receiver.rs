use std::time::Duration;

use resilience_runtime::resilient;

struct Client {
    limit: Duration,
}

impl Client {
    #[resilient(timeout = self.limit)] //~ ERROR there is no `self`
    async fn load(&self) -> std::io::Result<Duration> {
        Ok(self.limit)
    }
}

fn main() {}
