//! All cases, by what they protect the operation with.

mod breakers;
mod limits;
mod retries;
mod slow;
mod stacks;
mod tower_stack;

pub(crate) use self::limits::RATE;
pub(crate) use self::stacks::by_hand_tasks;
use crate::case::Case;
use crate::operation::{later, operation};
use crate::{ready_case, waiting_case};

/// All cases, in the order of the table. Each has what it needs, and shares it with no other.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    ready_case!(cases, "A1", "bare", |n| operation(n));
    waiting_case!(cases, "A2", "bare", |n| later(n));
    retries::add(&mut cases);
    breakers::add(&mut cases);
    limits::add(&mut cases);
    stacks::add(&mut cases);
    add_spans(&mut cases);
    slow::add(&mut cases);
    cases
}

/// What a call with no span, a span by hand and `#[instrument]` cost without a subscriber.
mod spans {
    use crate::operation::{Error, operation};

    #[tracing::instrument]
    pub(super) async fn instrumented(n: u64) -> Result<u64, Error> {
        operation(n).await
    }

    pub(super) async fn by_hand(n: u64) -> Result<u64, Error> {
        let span = tracing::info_span!("by_hand", n);
        let _ = &span;
        operation(n).await
    }
}

/// Adds the spans of `tracing`, which a call without a subscriber pays for likewise.
fn add_spans(cases: &mut Vec<Case>) {
    ready_case!(cases, "T1", "#[tracing::instrument]", |n| spans::instrumented(n));
    ready_case!(cases, "T1", "info_span!", |n| spans::by_hand(n));
}
