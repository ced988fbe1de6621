use resilience_runtime::resilient;

#[resilient(retry = "exp")]
fn load() -> impl Future<Output = u32> + Send { //~ ERROR `u32`
    async { 1 }
}

fn main() {}
