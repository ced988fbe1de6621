use std::time::Duration;

use resilience_runtime::resilient;

const TIMEOUT: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_secs(2);

struct Client;

#[resilient(timeout = TIMEOUT, deadline = LONG)]
impl Client {
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }

    #[resilient(deadline = SHORT)] //~ ERROR `timeout` of 5s must be shorter than `deadline` of 2s
    async fn store(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
    let _ = Client.store();
}
