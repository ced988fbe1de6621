use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent)]
async fn load(
    log: &mut Vec<u32>, //~ ERROR cannot borrow an argument with `&mut`
    last: &mut u32, //~ ERROR cannot borrow an argument with `&mut`
) -> std::io::Result<()> {
    log.push(*last);
    Ok(())
}

fn main() {}
