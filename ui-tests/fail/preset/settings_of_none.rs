use resilience_runtime::resilient;

#[resilient(preset = "standard", breaker("none", probes = 3))] //~ ERROR `probes` has no effect with `breaker = "none"`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
