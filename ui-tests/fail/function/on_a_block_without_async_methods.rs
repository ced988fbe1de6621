use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp")]
impl Client { //~ ERROR this block has no async method to protect
    fn id(&self) -> u32 {
        1
    }
}

fn main() {
    let _ = Client.id();
}
