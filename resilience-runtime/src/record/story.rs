//! A call in one line.

use core::time::Duration;

use super::call::Call;
use crate::text::Text;

/// More equal outcomes in a row than this are counted instead of repeated.
const REPEATED: usize = 3;

impl Call {
    /// The call in one line, for assertions: the operation and how it ended, after how many attempts and which
    /// outcomes they had, the time waited between them, why no further attempt was made and the class of the
    /// error the caller got. What there is nothing to say about is left out; the list of outcomes too, where a
    /// single attempt ended as the call did.
    ///
    /// ```text
    /// load_user: success after 1 attempt
    /// load_user: success after 3 attempts (retryable_error, timeout, success), waited 300ms
    /// load_user: error after 5 attempts (5x retryable_error), waited 1.5s, stopped: exhausted, error: io::TimedOut
    /// load_user: rejected without an attempt, stopped: breaker_open, error: circuit_breaker_open
    /// ```
    ///
    /// Measured times are not part of it (but for a wait that was cut short), so under a fixed backoff (or one made repeatable by a seed) it is
    /// the same in every run.
    #[must_use]
    pub fn story(&self) -> String {
        let mut story = format!("{}: {}", self.operation, self.ending());
        let outcomes = self.outcomes();
        if outcomes.len() > 1 || outcomes.first().is_some_and(|&outcome| outcome != self.outcome) {
            story = format!("{story} ({})", list(&outcomes));
        }
        story + &self.aftermath()
    }

    /// How it ended and after how many attempts.
    pub(crate) fn ending(&self) -> String {
        match self.attempts.len() {
            0 => format!("{} without an attempt", self.outcome),
            1 => format!("{} after 1 attempt", self.outcome),
            many => format!("{} after {many} attempts", self.outcome),
        }
    }

    /// What the end of a story says beside the attempts.
    fn aftermath(&self) -> String {
        let waited = Some(self.waited()).filter(|waited| !waited.is_zero());
        let parts = [
            waited.map(|waited| format!(", waited {}", written(waited))),
            self.stop_reason.as_ref().map(|reason| format!(", stopped: {reason}")),
            self.error_type.as_ref().map(|error| format!(", error: {error}")),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// The outcomes with commas between them, long repetitions counted.
fn list(outcomes: &[&str]) -> String {
    let runs = outcomes.chunk_by(|one, next| one == next).flat_map(|run| match run {
        [outcome, ..] if run.len() > REPEATED => vec![format!("{}x {outcome}", run.len())],
        _ => run.iter().map(|&outcome| outcome.to_owned()).collect(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// The way a user would write it.
pub(crate) fn written(duration: Duration) -> String {
    Text::new().duration(duration).as_str().to_owned()
}
