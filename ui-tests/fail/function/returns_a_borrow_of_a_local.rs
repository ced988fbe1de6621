use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(name: String) -> std::io::Result<&'static str> {
    Ok(name.as_str()) //~ ERROR cannot return value referencing local data `name`
}

fn main() {}
