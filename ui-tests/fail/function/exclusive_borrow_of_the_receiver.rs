use resilience_runtime::resilient;

struct Pool(Vec<u32>);

impl Pool {
    #[resilient(retry = "exp")]
    async fn first(&mut self) -> std::io::Result<&mut u32> { //~ ERROR this borrows from a `&mut` argument
        Ok(&mut self.0[0])
    }
}

fn main() {}
