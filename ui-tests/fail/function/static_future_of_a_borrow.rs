use std::io;
use std::pin::Pin;

use resilience_runtime::resilient;

struct Client {
    host: String,
}

impl Client {
    #[resilient(timeout = "1s")]
    fn hidden(&self, path: &str) -> impl Future<Output = io::Result<String>> + 'static { //~ ERROR which borrows `self` and `path`
        let url = format!("{}/{path}", self.host);
        async move { Ok(url) }
    }

    #[resilient(retry = "fixed")]
    fn boxed(&self) -> Pin<Box<dyn Future<Output = io::Result<String>> + Send>> { //~ ERROR which borrows `self`
        let host = self.host.clone();
        Box::pin(async move { Ok(host) })
    }
}

fn main() {}
