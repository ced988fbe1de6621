use resilience_runtime::resilient;

#[resilient(retry = "exp")]
struct Client; //~ ERROR not on a `struct`

fn main() {}
