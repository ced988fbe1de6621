//! What the behaviour tests share: operations that answer by a script, and ways to run calls by hand.

mod run;
mod script;

use std::time::Duration;

pub use run::{panic_of, pass, poll_at_most, started, timed};
pub use script::{Alive, Answer, Failure, Guard, HINT, Script, play};

/// A duration of whole milliseconds.
#[must_use]
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A duration of whole seconds.
#[must_use]
pub const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
