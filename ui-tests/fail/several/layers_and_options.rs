use resilience_runtime::resilient;

#[resilient(retry = "exp", tiemout = "1s")] //~ ERROR did you mean `timeout`?
#[resilient(deadline = 5)] //~ ERROR has no unit
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {
    drop(load(1));
}
