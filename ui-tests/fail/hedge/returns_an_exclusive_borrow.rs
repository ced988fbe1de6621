use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent)]
async fn first(buffer: &mut [u8]) -> std::io::Result<&mut u8> { //~ ERROR cannot borrow an argument with `&mut`
    Ok(&mut buffer[0])
}

fn main() {}
