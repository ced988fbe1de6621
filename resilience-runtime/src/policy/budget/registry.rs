//! Budgets by name.

use std::sync::OnceLock;

use super::config::BudgetConfig;
use super::guard::RetryBudget;
use crate::policy::registry::{self, Registry, Shared, Source};
use crate::policy::setting::Setting;
use crate::site::Site;

static BUDGETS: Registry<RetryBudget> = Registry::new();

impl Shared for RetryBudget {
    type Config = BudgetConfig;

    const KIND: &'static str = "retry budget";
    const KEY: &'static str = "budget";

    fn with_config(name: &'static str, config: Option<BudgetConfig>) -> Self {
        Self::with_settings(name, config.unwrap_or_default().settings())
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn agree(one: &BudgetConfig, other: &BudgetConfig) -> bool {
        one.settings() == other.settings()
    }

    fn settings_of(config: Option<&BudgetConfig>) -> Vec<Setting> {
        config.copied().unwrap_or_default().settings().described()
    }

    fn current_settings(&self) -> Vec<Setting> {
        self.settings().described()
    }

    fn registry() -> &'static Registry<Self> {
        &BUDGETS
    }

    fn source(site: &'static Site) -> Option<&'static Source<Self>> {
        site.config.budget.as_ref()
    }

    fn cell(site: &'static Site) -> &'static OnceLock<&'static Self> {
        &site.state.budget
    }
}

impl RetryBudget {
    /// The budget of that name, or the own one of the function whose operation it is: once such a function has been called.
    ///
    /// ```
    /// use resilience_runtime::RetryBudget;
    ///
    /// assert!(RetryBudget::named("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        registry::find(name)
    }
}

/// All retry budgets of annotated functions: those with a name in the order of their first use, then those that stand in a
/// `static` and those that a function has to itself. One that is made by the first call is not there before it.
#[must_use]
pub fn retry_budgets() -> Vec<&'static RetryBudget> {
    registry::all()
}
