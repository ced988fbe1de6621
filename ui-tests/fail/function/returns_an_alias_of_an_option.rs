use resilience_runtime::resilient;

type Found<T> = Option<T>;

#[resilient(breaker = "db")]
async fn load() -> Found<u32> { //~ ERROR `Option<u32>`
    Some(1)
}

fn main() {}
