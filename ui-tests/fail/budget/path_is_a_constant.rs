use resilience_runtime::{BudgetConfig, RetryBudget, resilient};

const SHARED: RetryBudget = RetryBudget::new("shared", BudgetConfig::new());

#[resilient(retry = "fixed", budget = SHARED)] //~ ERROR interior mutable shared borrows
async fn load() -> std::io::Result<u64> {
    Ok(1)
}

fn main() {}
