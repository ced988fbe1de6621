use resilience_runtime::resilient;

#[resilient(retry = "exp", budget("20%", flor = 5))] //~ ERROR did you mean `floor`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
