use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load() -> impl Iterator<Item = u32> { //~ ERROR which this is not; return one
    0..3
}

fn main() {}
