use resilience_runtime::resilient;

#[derive(Clone, Copy)]
enum Rank {
    Low,
    High,
}

#[resilient(bulkhead(10, queue = 20, wait = "1s", priority = rank))] //~ ERROR `Rank` cannot be a `priority`
async fn load(rank: Rank) -> std::io::Result<bool> {
    Ok(matches!(rank, Rank::Low | Rank::High))
}

fn main() {}
