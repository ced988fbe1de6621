use resilience_runtime::resilient;

#[resilient(retry = "exp")]
static LIMIT: u32 = 3; //~ ERROR not on a `static`

fn main() {}
