use resilience_runtime::resilient;

#[resilient(retry = "exp", max = "many")] //~ ERROR `many` is not a number of attempts
async fn load(id: u64) -> std::io::Result<u64> {
    id.to_string() //~ ERROR mismatched types
}

fn main() {
    drop(load(1));
}
