use resilience_runtime::resilient;

#[resilient(preset = "critcal")] //~ ERROR unknown preset `critcal`; did you mean `critical`?
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
