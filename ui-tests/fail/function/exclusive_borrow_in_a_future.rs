use std::io;
use std::pin::Pin;

use resilience_runtime::resilient;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

struct Pool(Vec<u32>);

impl Pool {
    #[resilient(retry = "exp")]
    fn first(&mut self) -> BoxFuture<'_, io::Result<&mut u32>> { //~ ERROR this borrows from a `&mut` argument
        Box::pin(async move { Ok(&mut self.0[0]) })
    }
}

fn main() {
    let _ = Pool(vec![1]).first();
}
