use resilience_runtime::Classify;

struct Inner;

#[derive(Classify)]
enum LoadError {
    #[classify(transparent)]
    Inner(Inner), //~ ERROR `Inner` does not say how it is to be taken
}

fn main() {}
