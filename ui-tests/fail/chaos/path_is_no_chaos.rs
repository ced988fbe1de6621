use resilience_runtime::resilient;

static DB: u32 = 0;

struct DbError;

#[resilient(chaos = DB)] //~ ERROR mismatched types
async fn load() -> Result<(), DbError> {
    Ok(())
}

fn main() {}
