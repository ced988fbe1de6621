use resilience_runtime::Classify;

#[derive(Classify)]
struct LoadError; //~ ERROR `LoadError` has no mark

fn main() {}
