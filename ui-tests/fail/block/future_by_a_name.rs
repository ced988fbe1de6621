use std::io;
use std::pin::Pin;

use resilience_runtime::resilient;

type LoadFut<'a> = Pin<Box<dyn Future<Output = io::Result<u32>> + Send + 'a>>;

struct Client(u32);

#[resilient(retry = "exp")]
impl Client {
    fn load(&self) -> LoadFut<'_> { //~ ERROR or leave the method out
        Box::pin(async move { Ok(self.0) })
    }

    async fn count(&self) -> io::Result<u32> {
        self.load().await
    }
}

fn main() {}
