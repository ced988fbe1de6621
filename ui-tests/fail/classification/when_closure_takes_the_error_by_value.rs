use std::io;

use resilience_runtime::resilient;

#[resilient(retry = "exp", when = |error: io::Error| error.kind() == io::ErrorKind::TimedOut)] //~ ERROR `when` looks at
async fn load() -> io::Result<u32> {
    Ok(1)
}

#[resilient(retry = "exp", when_ok = |value: u32| value == 0)] //~ ERROR `when_ok` looks at the value
async fn count() -> io::Result<u32> {
    Ok(1)
}

fn main() {}
