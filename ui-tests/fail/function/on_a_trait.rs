use resilience_runtime::resilient;

#[resilient(retry = "exp")]
trait Client { //~ ERROR not on a `trait`; put it on the methods
    async fn load() -> std::io::Result<u32>;
}

fn main() {}
