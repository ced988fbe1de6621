use resilience_runtime::resilient;

struct User;

#[resilient(timeout = "1s", fields(user = User))] //~ ERROR the trait bound `User: tracing_core::field::Value` is not satisfied
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
