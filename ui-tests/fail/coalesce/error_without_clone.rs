use resilience_runtime::resilient;

#[resilient(coalesce)]
async fn load(id: u32) -> std::io::Result<u32> { //~ ERROR `coalesce` cannot give `std::io::Error` to several calls
    Ok(id)
}

fn main() {}
