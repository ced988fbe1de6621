use resilience_runtime::resilient;

const NAME: &str = "load";

#[resilient(timeout = "1s", name = NAME)] //~ ERROR a span's name is a literal
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
