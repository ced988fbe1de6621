use resilience_runtime::resilient;

fn is_busy(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::ConnectionRefused
}

#[resilient(bulkhead = 10, when = is_busy)] //~ ERROR `when` has no effect
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
