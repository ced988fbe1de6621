//! Functions that are answered by a future, a value, a function, or several of them.

use resilience_runtime::resilient;

use super::{LoadError, fetch};

#[resilient(fallback = |_, text| async move { Ok(text) })]
pub(super) async fn answered_by_a_future(id: u64, text: String) -> Result<String, LoadError> {
    if fetch(id).await? == 0 { Err(LoadError::Missing) } else { Ok(text) }
}

/// Passes the error on.
const fn passed_on<T>(_id: u64, error: T) -> Result<u64, T> {
    Err(error)
}

#[resilient(timeout = "1s", fallback(passed_on, |id, error| if id == 0 { Err(error) } else { Ok(id) }, Ok(id)))]
pub(super) async fn answered_by_several(id: u64) -> Result<u64, LoadError> {
    fetch(id).await
}

#[resilient(fallback = { let [first, ..] = numbers; Ok(first.wrapping_add(id)) })]
pub(super) async fn answered_by_an_expression(numbers: [u64; 2], id: u64) -> Result<u64, LoadError> {
    fetch(id).await.map(|value| value.wrapping_add(numbers.into_iter().sum()))
}

#[resilient(fallback(passed_on, Ok(id)))]
pub(super) fn answered_while_blocking(id: u64) -> Result<u64, LoadError> {
    id.checked_sub(3).ok_or(LoadError::Missing)
}
