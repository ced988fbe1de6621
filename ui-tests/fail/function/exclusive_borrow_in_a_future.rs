use std::pin::Pin;

use resilience_runtime::resilient;

struct Pool(Vec<u32>);

impl Pool {
    #[resilient(retry = "exp")]
    fn first(&mut self) -> Pin<Box<dyn Future<Output = std::io::Result<&mut u32>> + Send + '_>> { //~ ERROR this borrows from a `&mut` argument
        Box::pin(async move { Ok(&mut self.0[0]) })
    }
}

fn main() {}
