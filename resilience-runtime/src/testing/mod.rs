//! For tests of annotated functions: what happened, as values; and jitter that is the same in every run.
//!
//! [`record`] listens to everything annotated that runs on this thread. Time is read as the runtime reads it: with
//! tokio's clock paused, waits take no time and are exact. Policies live as long as the process, and the tests in it share
//! them: see [`reset`].
//!
//! Inside of a `#[tokio::test(start_paused = true)]`:
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! use std::time::Duration;
//!
//! use resilience_runtime::{current, resilient, testing};
//!
//! #[resilient(retry = "fixed", base = "100ms", max = 3, name = "load_user", fields(user.id = id))]
//! async fn load_user(id: i64) -> Result<i64, std::io::Error> {
//!     if current().attempt() < 3 { Err(std::io::ErrorKind::ConnectionReset.into()) } else { Ok(id) }
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let recording = testing::record();
//! assert_eq!(load_user(7).await.unwrap(), 7);
//! assert_eq!(
//!     recording.call().story(),
//!     "load_user: success after 3 attempts (retryable_error, retryable_error, success), waited 200ms",
//! );
//! assert_eq!(recording.call().outcomes(), ["retryable_error", "retryable_error", "success"]);
//! assert_eq!(recording.call().waits, [Duration::from_millis(100); 2]);
//! assert_eq!(recording.call().fields["user.id"], 7);
//! assert_eq!(recording.call().attempts[0].error_type.as_deref(), Some("io::ConnectionReset"));
//! # }
//! ```

use core::ops::Deref;
use std::sync::OnceLock;

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;

use crate::record::{Forest, Reader, Shared};
use crate::site::{SITES, Site};
use crate::time::Tick;

pub use crate::record::{Attempt, Call, Fallback, Fields, Queue, RecordedEvent, Style, Value, Wait, draw};

/// Records every annotated function that runs on this thread, until the recording is dropped.
///
/// It takes the place of this thread's subscriber, at all levels. For a runtime of several threads, or to keep
/// another subscriber beside it, add a [`Recorder`]'s layer to that subscriber instead.
///
/// A recording within another one takes over until it is dropped. Begin and end none while a call is under way: as
/// with any subscriber, the call's spans belong to the one that they began under.
#[must_use = "recording ends when this is dropped"]
pub fn record() -> Recording {
    /// While a process knows of one subscriber only, `tracing` asks the current thread's whether a span is
    /// wanted at all, and remembers the answer for all threads: a test without a recording would switch off
    /// the spans of one that records. A second one that lives for ever keeps it asking all of them.
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(NoSubscriber::default()));

    let recorder = Recorder::new();
    let subscriber = tracing_subscriber::registry().with(recorder.layer());
    Recording { recorder, _guard: tracing::subscriber::set_default(subscriber) }
}

/// Makes this thread's jitter repeatable: after one seed, the same calls wait the same times.
///
/// ```
/// resilience_runtime::testing::seed(7);
/// ```
pub fn seed(seed: u64) {
    crate::rng::seed(seed);
}

/// Puts every policy of every annotated function of the program back to its beginning.
///
/// Breakers are closed, limits have all they ever give, keys, budgets, throttles and the latencies of hedges are
/// forgotten, caches are empty, and what handles count begins at zero: it is [`reset`](crate::Breaker::reset) of each. What
/// a test has set stays: another configuration, and a `chaos` that is enabled.
///
/// **Calls under way** go on, and hold what they hold: a place in a bulkhead is free when its call ends, and not before.
/// Those that wait keep their order, and may find that it is their turn. A breaker does not count how calls end that it
/// admitted before; a throttle counts those of them that fail, a hedge how long they took, and a rate limit or a budget
/// those that it admits or retries from now on. What they answer is not cached.
///
/// **Other tests.** `cargo test` runs the tests of a program on several threads, and they share its policies: a reset
/// takes away what another test is just about to look at. Either no two tests of a program call the same functions, and
/// nothing is to be reset, or only one of them runs at a time: by `cargo test -- --test-threads=1`, or by `cargo nextest`,
/// which has a process for each test.
///
/// **Not reset** are policies that no annotated function has: those that are made and asked by hand have a `reset` of their
/// own. Nor are metrics, recordings and the [`seed`].
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{Error, resilient, testing};
///
/// #[resilient(rate_limit = "1/h")]
/// async fn invite() -> Result<(), Error<std::io::Error>> {
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// assert!(invite().await.is_ok());
/// assert!(invite().await.is_err());
/// testing::reset();
/// assert!(invite().await.is_ok());
/// # }
/// ```
pub fn reset() {
    SITES.iter().for_each(Site::reset);
}

/// A recording that is going on; reads like the [`Recorder`] it holds.
///
/// It belongs to the thread that began it.
#[derive(Debug)]
pub struct Recording {
    recorder: Recorder,
    _guard: DefaultGuard,
}

impl Deref for Recording {
    type Target = Recorder;

    fn deref(&self) -> &Recorder {
        &self.recorder
    }
}

/// Keeps what its layer saw: every call, finished or not, and every event.
///
/// Clones share what they keep. It grows until it is [cleared](Self::clear) or dropped: it is for tests.
///
/// ```
/// use resilience_runtime::testing::Recorder;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let recorder = Recorder::new();
/// let subscriber = tracing_subscriber::registry().with(recorder.layer());
/// tracing::subscriber::with_default(subscriber, || { /* calls of annotated functions */ });
/// assert!(recorder.calls().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Recorder {
    forest: Shared,
}

impl Recorder {
    /// A recorder that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { forest: Shared::new(Forest::keeping()) }
    }

    /// A layer that records into this recorder; it looks at the runtime's own spans and events alone.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        Reader::keeping(self.forest.clone()).filtered()
    }

    /// The outermost calls, in the order they started; those that have not ended are included.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let now = Tick::now();
        self.forest.lock().calls(now)
    }

    /// The one outermost call that was made.
    ///
    /// # Panics
    ///
    /// When there was none, or more than one; the message draws them.
    #[must_use]
    #[track_caller]
    pub fn call(&self) -> Call {
        self.only(self.calls(), "one call")
    }

    /// All calls of the operation `name`, outermost or nested, in the order they started. The last parts of
    /// its path will do: see [`Call::is_of`].
    #[must_use]
    pub fn calls_of(&self, name: &str) -> Vec<Call> {
        let mut found = Vec::new();
        for call in self.calls() {
            collect(&call, name, &mut found);
        }
        found.sort_by_key(|call| call.order);
        found
    }

    /// The one call of the operation `name`, outermost or nested.
    ///
    /// # Panics
    ///
    /// When there was none, or more than one; the message draws what there is.
    #[must_use]
    #[track_caller]
    pub fn call_of(&self, name: &str) -> Call {
        self.only(self.calls_of(name), &format!("one call of `{name}`"))
    }

    /// Every event, in the order they happened, whether within a call or outside of any.
    #[must_use]
    pub fn events(&self) -> Vec<RecordedEvent> {
        let (calls, mut events) = {
            let now = Tick::now();
            let forest = self.forest.lock();
            (forest.calls(now), forest.loose().to_vec())
        };
        events.extend(calls.iter().flat_map(Call::all_events).cloned());
        events.sort_by_key(|event| event.order);
        events
    }

    /// The changes of state of the breaker named `name`, each as the states before and after.
    ///
    /// ```
    /// let recording = resilience_runtime::testing::record();
    /// // ..
    /// assert_eq!(recording.transitions("db"), []);
    /// ```
    #[must_use]
    pub fn transitions(&self, name: &str) -> Vec<(String, String)> {
        let events = self.events();
        let transitions = events.iter().filter_map(|event| event.transition_of(name));
        transitions.map(|(from, to)| (from.to_owned(), to.to_owned())).collect()
    }

    /// Forgets everything so far: what follows is what the test is about. A call that is going on is
    /// forgotten with all that happens in it.
    pub fn clear(&self) {
        self.forest.lock().clear();
    }

    /// The only one of `calls`, which are some of those that were recorded.
    #[track_caller]
    fn only(&self, calls: Vec<Call>, expected: &str) -> Call {
        match <[Call; 1]>::try_from(calls) {
            Ok([call]) => call,
            Err(calls) if !calls.is_empty() => {
                panic!("expected {expected}, recorded {}:\n{}", calls.len(), drawn(&calls))
            }
            Err(_) => match self.calls() {
                others if others.is_empty() => panic!(
                    "expected {expected}, recorded none; those on other threads are for a `Recorder`'s layer"
                ),
                others => panic!("expected {expected}, recorded none, but:\n{}", drawn(&others)),
            },
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

fn drawn(calls: &[Call]) -> String {
    let drawn: Vec<_> = calls.iter().map(ToString::to_string).collect();
    drawn.join("\n")
}

fn collect(call: &Call, name: &str, found: &mut Vec<Call>) {
    if call.is_of(name) {
        found.push(call.clone());
    }
    for below in call.nested() {
        collect(below, name, found);
    }
}
