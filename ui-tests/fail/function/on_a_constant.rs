use resilience_runtime::resilient;

#[resilient(retry = "exp")]
const LIMIT: u32 = 3; //~ ERROR not on a `const`

fn main() {}
