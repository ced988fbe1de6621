use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[throttled(retry_after = wait)] //~ ERROR `Busy` has no field `wait`
    Busy { delay: std::time::Duration },
}

fn main() {}
