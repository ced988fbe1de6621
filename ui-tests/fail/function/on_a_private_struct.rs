use resilience_runtime::resilient;

#[resilient(retry = "exp")]
pub(crate) struct Client { //~ ERROR not on a `struct`
    url: String,
}

fn main() {}
