use resilience_runtime::resilient;

struct DbError;

#[resilient(cache("60s", key = id))]
async fn load(id: u32, buffer: &mut Vec<u8>) -> Result<u32, DbError> { //~ ERROR what is written through a `&mut`
    buffer.clear();
    Ok(id)
}

fn main() {}
