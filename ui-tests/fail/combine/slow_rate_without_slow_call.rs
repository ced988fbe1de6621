use resilience_runtime::resilient;

#[resilient(breaker("db", slow_rate = "50%"))] //~ ERROR `slow_rate` needs to know what is slow
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
