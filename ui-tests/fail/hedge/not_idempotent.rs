use resilience_runtime::resilient;

#[resilient(hedge = "200ms")] //~ ERROR `hedge` runs the body more than once at a time
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
