use resilience_runtime::resilient;

#[resilient(
    retry("exp", max = 5), //~ ERROR `max` is also written here
    max = 6, //~ ERROR `max` is written both in `retry(..)` and beside it
)]
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
