use resilience_runtime::resilient;

#[resilient(bulkhead)] //~ ERROR `bulkhead` needs a number or a name
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
