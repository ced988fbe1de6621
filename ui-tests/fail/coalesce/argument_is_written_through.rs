use resilience_runtime::resilient;

#[resilient(coalesce)]
async fn load(into: &mut Vec<u8>) -> Result<u32, DbError> { //~ ERROR and not what is written through a `&mut`
    into.clear();
    Ok(1)
}

#[derive(Clone)]
struct DbError;

fn main() {}
