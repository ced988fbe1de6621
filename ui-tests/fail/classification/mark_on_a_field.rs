use resilience_runtime::Classify;

#[derive(Classify)]
#[transient]
enum LoadError {
    Busy {
        #[permanent] //~ ERROR a mark on a field has no effect
        delay: u64,
    },
}

fn main() {}
