use std::io;
use std::pin::Pin;

use resilience_runtime::{Error, resilient};

struct Client;

async fn send(_client: &Client, _path: String) -> Result<u8, Error<io::Error>> {
    Ok(1)
}

impl Client {
    #[resilient(deadline = "1s")]
    fn named<'a>(&'a self, path: &str) -> Pin<Box<dyn Future<Output = Result<u8, Error<io::Error>>> + 'a>> { //~ ERROR explicit lifetime required in the type of `path`
        let path = path.to_owned();
        Box::pin(send(self, path))
    }

    #[resilient(deadline = "1s")]
    fn elided(&self, path: &str) -> Pin<Box<dyn Future<Output = Result<u8, Error<io::Error>>> + '_>> { //~ ERROR lifetime may not live long enough
        let path = path.to_owned();
        Box::pin(send(self, path))
    }
}

fn main() {}
