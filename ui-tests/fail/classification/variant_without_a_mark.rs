use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[transient]
    Busy,
    NotFound, //~ ERROR `NotFound` has no mark
}

fn main() {}
