use resilience_runtime::resilient;

#[resilient(retry = "exp", max = 0)] //~ ERROR `max` must be at least 1
#[resilient(timeout = "0s")] //~ ERROR `timeout` must be longer than zero
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {
    drop(load(1));
}
