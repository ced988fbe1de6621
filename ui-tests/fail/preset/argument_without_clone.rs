use resilience_runtime::resilient;

struct Token;

#[resilient(preset = "critical")]
async fn load(token: Token) -> std::io::Result<()> { //~ ERROR `Token` cannot be cloned
    drop(token);
    Ok(())
}

fn main() {}
