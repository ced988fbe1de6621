use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn fill<'b>(buffer: &'b mut [u8], name: &str) -> std::io::Result<&'b [u8]> { //~ ERROR this borrows from a `&mut` argument
    buffer[0] = name.len() as u8;
    Ok(buffer)
}

fn main() {}
