use resilience_runtime::resilient;

#[resilient(retry = "exp")]
type Loaded = std::io::Result<u32>; //~ ERROR not on a `type`

fn main() {}
