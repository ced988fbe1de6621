use resilience_runtime::resilient;

#[resilient(colour = "red")] //~ ERROR unknown option `colour`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
