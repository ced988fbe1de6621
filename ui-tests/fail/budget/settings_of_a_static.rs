use resilience_runtime::{BudgetConfig, RetryBudget, resilient};

static DB: RetryBudget = RetryBudget::new("db", BudgetConfig::new());

#[resilient(retry = "exp", budget(DB, floor = 5))] //~ ERROR `floor` belongs to the `static`
async fn load() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
