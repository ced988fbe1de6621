use resilience_runtime::resilient;

#[resilient(hedge = "200ms", idempotent)] //~ ERROR `hedge` cannot run a function that is not async
fn load(log: &mut Vec<u32>) -> std::io::Result<()> {
    log.push(1);
    Ok(())
}

fn main() {}
