use resilience_runtime::resilient;

struct Client {
    count: u32,
}

#[resilient(retry = "exp")]
impl Client {
    async fn load(&mut self) -> std::io::Result<&mut u32> { //~ ERROR leave the method out
        Ok(&mut self.count)
    }
}

fn main() {
    let _ = Client { count: 1 }.load();
}
