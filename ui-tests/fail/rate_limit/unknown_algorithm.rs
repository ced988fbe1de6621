use resilience_runtime::resilient;

#[resilient(rate_limit("100/s", algorithm = "sliding"))] //~ ERROR did you mean `sliding_window`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
