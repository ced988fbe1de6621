use resilience_runtime::resilient;

#[resilient(timeout = "2s")]
async fn load() { //~ ERROR returns nothing
}

fn main() {}
