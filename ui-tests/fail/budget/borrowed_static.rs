use resilience_runtime::{BudgetConfig, RetryBudget, resilient};

static DB: RetryBudget = RetryBudget::new("db", BudgetConfig::new());

#[resilient(retry = "exp", budget = &DB)] //~ ERROR write its path without `&`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
