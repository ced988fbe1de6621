use resilience_runtime::Classify;

#[derive(Classify)]
enum LoadError {
    #[transient]
    #[permanent] //~ ERROR this variant has a mark already
    Busy,
}

fn main() {}
