use resilience_runtime::resilient;

struct Client(u32);

impl Client {
    #[resilient(hedge = "200ms", idempotent)]
    async fn next(&mut self) -> std::io::Result<u32> { //~ ERROR cannot borrow `&mut self`; take `&self` instead
        self.0 += 1;
        Ok(self.0)
    }
}

async fn called(client: &mut Client) -> std::io::Result<u32> {
    client.next().await
}

fn main() {
    drop(called(&mut Client(0)));
}
