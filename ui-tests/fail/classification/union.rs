use resilience_runtime::Classify;

#[derive(Classify)]
union LoadError { //~ ERROR `Classify` cannot tell what a union holds
    code: u32,
    status: u32,
}

fn main() {}
