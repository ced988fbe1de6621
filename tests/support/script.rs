//! Operations that answer by a script, and count how often they are run.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilience_runtime::{Classify, Rejected, RejectedKind};

use crate::pass;

/// What a scripted operation fails with: a variant for each class. The numbers are those of the executions.
#[derive(Clone, Debug, PartialEq, Eq, Classify)]
pub enum Failure {
    /// Worth another attempt.
    #[transient]
    Transient(u32),
    /// Not worth another attempt.
    #[permanent]
    Permanent(u32),
    /// None of the dependency's business.
    #[ignored]
    Ignored(u32),
    /// Worth another attempt, after the hint if there is one.
    #[throttled(retry_after = 0)]
    Throttled(Option<Duration>),
    /// Refused or cut short by a policy.
    #[classify(transparent)]
    Rejected(Rejected),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Failure {}

impl From<Rejected> for Failure {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

/// What a scripted operation answers: the number of the execution, from 1.
pub type Answer = Result<u32, Failure>;

/// Not for ever: a test in which nothing else ends the wait fails then, and does not hang.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// The hint of a scripted `T`.
pub const HINT: Duration = Duration::from_secs(2);

/// An operation that answers by a script, a letter for each execution; the last letter goes on for ever.
///
/// | letter | answer |
/// |---|---|
/// | `S` | success |
/// | `F` | transient failure |
/// | `N` | permanent failure |
/// | `X` | ignored failure |
/// | `T`, `t` | throttled, with a hint of [`HINT`] and without one |
/// | `P` | none: pending for longer than anyone waits |
/// | `!` | a panic |
#[derive(Debug)]
pub struct Script {
    letters: &'static str,
    takes: Duration,
    executions: AtomicU32,
}

impl Script {
    /// An operation that answers at once.
    #[must_use]
    pub const fn new(letters: &'static str) -> Self {
        Self { letters, takes: Duration::ZERO, executions: AtomicU32::new(0) }
    }

    /// With an answer after so long.
    #[must_use]
    pub const fn taking(mut self, duration: Duration) -> Self {
        self.takes = duration;
        self
    }

    /// How often it was run.
    #[must_use]
    pub fn executions(&self) -> u32 {
        self.executions.load(Ordering::SeqCst)
    }

    /// Runs it.
    ///
    /// # Errors
    ///
    /// As the script says.
    ///
    /// # Panics
    ///
    /// Where the script says so.
    pub async fn run(&self) -> Answer {
        let execution = self.executions.fetch_add(1, Ordering::SeqCst) + 1;
        if !self.takes.is_zero() {
            pass(self.takes).await;
        }
        let letters = self.letters.chars();
        match letters.take(execution as usize).last() {
            Some('S') => Ok(execution),
            Some('F') => Err(Failure::Transient(execution)),
            Some('N') => Err(Failure::Permanent(execution)),
            Some('X') => Err(Failure::Ignored(execution)),
            Some('T') => Err(Failure::Throttled(Some(HINT))),
            Some('t') => Err(Failure::Throttled(None)),
            Some('P') => {
                pass(YEAR).await;
                panic!("execution {execution} was waited for all year")
            }
            Some('!') => panic!("execution {execution} panics"),
            letter => panic!("no answer is written {letter:?}"),
        }
    }
}

/// The refusal that a call was answered with.
///
/// # Panics
///
/// When it was not refused.
#[expect(clippy::must_use_candidate, reason = "that a call was refused may be all there is to assert")]
#[track_caller]
pub fn refusal(answer: Answer) -> Rejected {
    match answer {
        Err(Failure::Rejected(rejected)) => rejected,
        answer => panic!("{answer:?} is no refusal"),
    }
}

/// Makes one call after the other; the answers by their letters, with `R` for a call that a breaker refused, `L` for one
/// that a rate limit, `B` that a bulkhead and `H` that a throttle refused, and `O` for one that ran out of time.
pub async fn play(calls: usize, mut call: impl AsyncFnMut() -> Answer) -> String {
    let mut answers = String::new();
    for _ in 0..calls {
        answers.push(match call().await {
            Ok(_) => 'S',
            Err(Failure::Transient(_)) => 'F',
            Err(Failure::Permanent(_)) => 'N',
            Err(Failure::Ignored(_)) => 'X',
            Err(Failure::Throttled(hint)) => hint.map_or('t', |_| 'T'),
            Err(Failure::Rejected(rejected)) => match rejected.kind() {
                RejectedKind::BreakerOpen => 'R',
                RejectedKind::RateLimited => 'L',
                RejectedKind::BulkheadFull => 'B',
                RejectedKind::Throttled => 'H',
                _ => 'O',
            },
        });
    }
    answers
}

/// Counts values that are alive.
#[derive(Debug, Default)]
pub struct Alive(AtomicU32);

impl Alive {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// How many are alive.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// One more, until it is dropped.
    pub fn guard(&self) -> Guard<'_> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Guard(self)
    }
}

/// A value that an [`Alive`] counts.
#[derive(Debug)]
#[must_use]
pub struct Guard<'a>(&'a Alive);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}
