//! Which outcomes count as failures.

use resilience_runtime::Class;

#[test]
fn a_throttled_failure_is_worth_another_attempt() {
    assert!(Class::Throttled { retry_after: None }.is_retryable());
}
