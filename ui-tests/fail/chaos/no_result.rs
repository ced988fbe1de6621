use resilience_runtime::resilient;

type Answer = Option<u32>;

#[resilient(chaos(error = 1, error_rate = "5%"))]
async fn load() -> Answer { //~ ERROR tells success from failure by a `Result`
    Some(1)
}

fn main() {}
