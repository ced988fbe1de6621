use resilience_runtime::resilient;

#[resilient(timeout = "2s")]
async fn load() -> Option<u32> { //~ ERROR `Option<u32>`
    Some(1)
}

fn main() {}
