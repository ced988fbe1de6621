//! Budgets by name, and in a `static`.

use core::ptr;

use super::*;
use crate::policy::budget::retry_budgets;
use crate::policy::registry::Shared as _;

const ONE: BudgetConfig = BudgetConfig::new().floor(1);

static HELD: RetryBudget = RetryBudget::new("held", ONE);

#[test]
fn one_name_is_one_budget() {
    let budget = RetryBudget::registry().resolve("shared", Some(ONE)).0;
    assert!(ptr::eq(budget, RetryBudget::registry().resolve("shared", None).0));
    assert!(ptr::eq(budget, RetryBudget::named("shared").unwrap()));
    assert!(retry_budgets().iter().any(|other| ptr::eq(budget, *other)));
    assert!(RetryBudget::named("unheard of").is_none());
}

#[test]
fn a_name_that_nobody_configures_has_the_defaults() {
    let budget = RetryBudget::registry().resolve("unconfigured", None).0;
    assert_eq!(budget.snapshot().available, 3);
}

#[test]
fn the_first_configuration_holds() {
    let budget = RetryBudget::registry().resolve("configured-twice", Some(ONE.floor(2))).0;
    assert!(RetryBudget::registry().resolve("configured-twice", Some(ONE)).1, "it differs");
    assert_eq!(budget.snapshot().available, 2);
}

#[test]
fn a_static_budget_needs_no_name_to_be_looked_up() {
    assert_eq!((HELD.name(), retry(&HELD, 2)), ("held", 1));
    assert!(RetryBudget::named("held").is_none());
    assert_eq!(format!("{HELD:?}"), r#"RetryBudget { name: "held", .. }"#);
}
