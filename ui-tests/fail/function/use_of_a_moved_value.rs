use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(name: String) -> std::io::Result<usize> {
    drop(name);
    Ok(name.len()) //~ ERROR borrow of moved value: `name`
}

fn main() {}
