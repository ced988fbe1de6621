use resilience_runtime::resilient;

#[resilient(timeout = "1s", fields(user: 5))] //~ ERROR expected `,`, found `:`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
