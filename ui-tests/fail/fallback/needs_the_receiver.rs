use std::io;

use resilience_runtime::resilient;

struct Client;

impl Client {
    #[resilient(fallback = Self::cached)] //~ ERROR this function takes 1 argument
    async fn load(&self, id: u64) -> io::Result<String> {
        Err(io::Error::other(id.to_string()))
    }

    fn cached(id: u64) -> io::Result<String> {
        Ok(id.to_string())
    }
}

fn main() {}
