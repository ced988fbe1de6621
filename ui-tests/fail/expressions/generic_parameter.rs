use resilience_runtime::resilient;

#[resilient(retry = "exp", max = N)] //~ ERROR can't use generic parameters from outer item
async fn load<const N: u32>() -> std::io::Result<u32> {
    Ok(N)
}

fn main() {}
