use resilience_runtime::resilient;

#[resilient(retry = "exp")]
mod client { //~ ERROR not on a `mod`
    pub async fn load() -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {}
