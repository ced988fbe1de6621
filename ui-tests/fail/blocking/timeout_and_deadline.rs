use resilience_runtime::resilient;

struct Store;

impl Store {
    #[resilient(
        timeout = "2s", //~ ERROR `timeout` cannot stop a function that is not async
        deadline = "9s", //~ ERROR `deadline` cannot stop a function that is not async
    )]
    fn load(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

fn main() {
    let _ = Store.load();
}
