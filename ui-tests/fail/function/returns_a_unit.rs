use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load() -> () { //~ ERROR which this is not; return one
}

fn main() {}
