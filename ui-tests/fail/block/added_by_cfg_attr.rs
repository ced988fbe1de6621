use resilience_runtime::resilient;

struct Client;

#[resilient(retry = "exp")]
impl Client {
    #[cfg_attr(all(), resilient(skip))] //~ ERROR what `cfg_attr` adds is not seen
    async fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.load();
}
