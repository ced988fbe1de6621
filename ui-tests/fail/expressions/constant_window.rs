use resilience_runtime::{Window, resilient};

const WINDOW: Window = Window::Calls(0);

#[resilient(breaker("db", window = WINDOW))] //~ ERROR `window` must hold at least 1 call
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
