use resilience_runtime::resilient;

#[resilient(timeout = "1s", fields(user.id =))] //~ ERROR expected expression
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
