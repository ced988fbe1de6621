//! Ten annotated functions that call one another stay within the compiler's limit on recursion.

use std::io;

use resilience_runtime::resilient;

macro_rules! chain {
    ($name:ident $next:ident $($rest:ident)*) => {
        #[resilient(retry = "exp_jitter", breaker = "chain", bulkhead = 5, timeout = "1s", deadline = "9s")]
        async fn $name(calls: u32) -> io::Result<u32> {
            $next(calls + 1).await
        }
        chain!($next $($rest)*);
    };
    ($last:ident) => {
        async fn $last(calls: u32) -> io::Result<u32> {
            Ok(calls)
        }
    };
}

chain!(one two three four five six seven eight nine ten end);

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(one(0).await.unwrap(), 10);
}
