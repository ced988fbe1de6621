use resilience_runtime::{BulkheadConfig, Preset, resilient};

const MINE: Preset = Preset::new().bulkhead(BulkheadConfig::new(1));

#[resilient(preset = MINE, rate_limit(lease = 64))] //~ ERROR the preset has no rate limit to change
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
