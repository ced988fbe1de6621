use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::resilient;

static MAX: AtomicU32 = AtomicU32::new(3);

#[resilient(retry = "exp", max = MAX.load(Ordering::Relaxed))] //~ ERROR cannot call non-const method
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
