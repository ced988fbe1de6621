use resilience_runtime::resilient;

type Result<T> = std::result::Result<T, String>;

#[resilient(timeout = "2s")]
async fn load() -> Result<()> { //~ ERROR `String`
    Ok(())
}

fn main() {}
