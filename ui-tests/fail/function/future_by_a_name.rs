use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use resilience_runtime::resilient;

type Loading<'a> = LoadFuture<'a, io::Result<u32>>;
type LoadFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[resilient(timeout = "1s")]
fn load(id: &u32) -> LoadFuture<'_, io::Result<u32>> { //~ ERROR does not see through the name of a future
    Box::pin(async move { Ok(*id) })
}

trait Service {
    type Future: Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    fn call(&mut self, request: u32) -> Self::Future;
}

struct Client;

impl Service for Client {
    type Future = Loading<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    #[resilient(retry = "exp")]
    fn call(&mut self, request: u32) -> Self::Future { //~ ERROR does not see through the name of a future
        Box::pin(async move { Ok(request) })
    }
}

fn main() {}
