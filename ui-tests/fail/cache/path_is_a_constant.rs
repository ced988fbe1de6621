use std::time::Duration;

use resilience_runtime::{Cache, CacheConfig, resilient};

const SHARED: Cache = Cache::new("shared", CacheConfig::new(Duration::from_secs(60)));

#[resilient(cache = SHARED)] //~ ERROR interior mutable shared borrows
async fn load(id: u64) -> std::io::Result<u64> {
    Ok(id)
}

fn main() {}
