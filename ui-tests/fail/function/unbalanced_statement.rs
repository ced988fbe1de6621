use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(id: u64) -> std::io::Result<u64> {
    let next = id + ; //~ ERROR expected expression, found `;`
    Ok(next)
}

fn main() {}
