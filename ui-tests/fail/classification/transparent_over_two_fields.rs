use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[classify(transparent)] //~ ERROR `transparent` lets the only field answer
    Io(std::io::Error, String),
}

fn main() {}
