use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[throttled(retry_after = 0)]
    Busy(u64), //~ ERROR `u64` is not a delay
}

fn main() {}
