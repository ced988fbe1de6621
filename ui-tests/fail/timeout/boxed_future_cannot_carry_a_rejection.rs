use std::pin::Pin;

use resilience_runtime::resilient;

struct DbError;

#[resilient(timeout = "2s")]
fn load() -> Pin<Box<dyn Future<Output = Result<(), DbError>> + Send>> { //~ ERROR `DbError`
    Box::pin(async { Ok(()) })
}

fn main() {}
