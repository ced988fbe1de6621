use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[classify(transient)] //~ ERROR `transient` is a mark of its own
    Busy,
}

fn main() {}
