use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load() -> String { //~ ERROR `String`
    String::new()
}

fn main() {}
