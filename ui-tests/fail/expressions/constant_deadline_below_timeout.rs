use resilience_runtime::resilient;

mod limits {
    use std::time::Duration;

    pub const ATTEMPT: Duration = Duration::from_secs(3);
    pub const CALL: Duration = Duration::from_secs(2);
}

#[resilient(timeout = limits::ATTEMPT, deadline = limits::CALL)] //~ ERROR `timeout` of 3s must be shorter than `deadline` of 2s
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
