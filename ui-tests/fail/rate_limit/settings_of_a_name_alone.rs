use resilience_runtime::resilient;

#[resilient(rate_limit("api", burst = 20))] //~ ERROR `burst` needs `rate` beside it
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
