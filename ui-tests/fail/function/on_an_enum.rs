use resilience_runtime::resilient;

#[resilient(retry = "exp")]
enum Client { //~ ERROR not on an `enum`
    Tcp,
}

fn main() {}
