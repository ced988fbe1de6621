//! Makes async functions resilient by annotating them: retries, circuit breakers, limits on rate and concurrency,
//! timeouts, deadlines, fallbacks.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! use resilience_runtime::{Classify, Rejected, resilient};
//!
//! #[derive(Debug, Classify)]
//! enum DbError {
//!     #[transient]
//!     ConnectionLost,
//!     #[permanent]
//!     NoSuchUser,
//!     #[classify(transparent)]
//!     Rejected(Rejected),
//! }
//!
//! impl From<Rejected> for DbError {
//!     fn from(rejected: Rejected) -> Self {
//!         Self::Rejected(rejected)
//!     }
//! }
//!
//! #[resilient(retry = "exp_jitter", max = 5, breaker = "db", timeout = "2s", deadline = "30s")]
//! async fn load_user(id: u64) -> Result<String, DbError> {
//!     if id == 0 { Err(DbError::NoSuchUser) } else { Ok(format!("user {id}")) }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! assert_eq!(load_user(7).await.unwrap(), "user 7");
//! // Permanent: another attempt would not help, so there was none.
//! assert!(matches!(load_user(0).await, Err(DbError::NoSuchUser)));
//! # });
//! ```
//!
//! Three things are done with it:
//!
//! 1. **Annotate** a function: [`resilient`] lists every option, and where it can stand.
//! 2. **Be checked**: a typo, a wrong unit, a setting without effect or a plan that cannot work is a compile error at
//!    the value that is wrong, for constants and const expressions as for literals.
//! 3. **Read the spans**: every call leaves one `tracing` span and one child per attempt, under the target
//!    `reliability`. `testing` (feature `test-util`) reads them as values in tests, `terminal` (feature `terminal`)
//!    draws them as trees.
//!
//! Errors are taken by their [`Class`]: implement or derive [`Classify`]. A policy that refuses makes a [`Rejected`],
//! which becomes the function's own error. The body can ask for its [`current()`] attempt and for the time that is
//! left. A [`Breaker`] can be held in a `static`, looked up by name (one that a function has to itself by its operation),
//! operated by hand, and used without the attribute; so can the limits: a [`RateLimiter`], a [`Bulkhead`], a [`RetryBudget`], a [`Throttle`].
//!
//! [`catalog()`] lists every annotated function of the program with the policies that hold for it and its worst case;
//! [`audit`](audit()) finds functions that do not agree with each other, before the first call.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `macros` | yes | [`resilient`], and the derive of [`Classify`] |
//! | `cache` | no | `Cache`, and `cache` in the attribute: answers that are given again |
//! | `chaos` | no | `chaos`, and `chaos(..)` in the attribute: faults in front of the body, to test annotations |
//! | `serde` | no | `Settings`: those of named policies, and of functions' own, from a file or the environment |
//! | `test-util` | no | `testing`: calls as values, a seed for the random source |
//! | `terminal` | no | `terminal`: calls as trees, each drawn when it is over |
//! | `http` | no | `integration::http`: statuses and `Retry-After` as classes |
//! | `reqwest` | no | `integration::reqwest`: its errors and responses as classes |
//! | `sqlx`, `redis`, `tonic` | no | [`Classify`] for the errors of these libraries |
//! | `propagation` | no | `current_headers`, and `propagation`: deadlines, attempts and traces across services |
//! | `reqwest-middleware`, `tower`, `axum` | no | the same, for clients and servers: see `propagation` |
//! | `otel` | no | `telemetry::metrics`: metrics for OpenTelemetry |
//! | `otlp` | no | `telemetry::otlp`: spans, metrics and log events to a collector |
//! | `tsc` | no | the processor's time stamp counter as the clock: [below](#the-feature-tsc) |
//!
//! ## The feature `tsc`
//!
//! Rate limits, breakers over a time and deadlines read the system's monotonic clock, which takes about 20 ns. With this
//! feature they read the processor's time stamp counter, which takes about 10. It is for programs that ask a limit
//! millions of times a second; no other program notices, and a library leaves the choice to its users. What changes:
//!
//! - **The first reading waits** until the counter's rate is known: for about a millisecond, and on a busy machine for
//!   a fifth of a second at most. [`Breaker::snapshot`] is such a reading, before it matters.
//! - **It drifts** from the system's clock, by some millionths: some tenths of a second in a day; in a program
//!   that is not optimized, by some ten-thousandths. Only its own readings are compared with each other. Timers are
//!   tokio's, on the system's clock, and run by a 4096th longer, so that no wait and no limit ends too early.
//! - **While the machine sleeps** (or a virtual machine is paused, restored or moved to another host), the system's clock
//!   stands on Linux, and the counter goes on, stands or begins anew, as the machine has it. Where it went on, windows are
//!   empty, open breakers admit their probes, and the deadlines of calls under way are over. Where it is back by more than
//!   a second, breakers, limits, budgets and throttles go on from there with what they have counted, and calls under way
//!   may pass their deadlines by as much. After a move to a host whose counter has another rate, and which does not make
//!   up for that, every time is wrong by the ratio until the program is started again.
//! - **Without a steady counter**, as the processor tells, `quanta` reads the system's clock, and nothing is gained. On
//!   Linux look at `/sys/devices/system/clocksource/clocksource0/current_clocksource` first: where the kernel itself does
//!   not take `tsc`, or one made of it as `kvm-clock`, it may know better than the processor.
//! - **Breakers and throttles over a time** read a coarse clock on Linux while all is well, for about 5 ns; that is
//!   the system's, and with the feature they read the counter too. A program that has those and no rate limit is faster
//!   without.
//!
//! Where some crate of the program turns on tokio's `test-util`, nothing changes: everything follows tokio's clock.

// Says beside each item which feature has it; docs.rs builds with a compiler that can.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
mod call;
pub mod catalog;
mod counting;
mod current;
mod event;
#[cfg(any(feature = "http", feature = "sqlx", feature = "redis", feature = "tonic", feature = "tower"))]
pub mod integration;
mod outcome;
mod policy;
#[cfg(feature = "propagation")]
pub mod propagation;
#[cfg(any(feature = "test-util", feature = "terminal"))]
mod record;
mod rng;
#[cfg(feature = "serde")]
pub mod settings;
mod site;
mod sync;
pub mod telemetry;
#[cfg(feature = "terminal")]
pub mod terminal;
#[cfg(feature = "test-util")]
pub mod testing;
mod text;
mod time;
mod wakers;

// Not for use, only for messages of the compiler: these it finds by their names alone, and spells out no hidden path.
#[doc(hidden)]
pub use __private::{
    Argument, CarriesRejected, IdempotencyKey, Key, Makes, MethodOutcome, Outcome, Priority, RetryAfter,
    Taken, Verdict, WithoutError,
};
#[doc(hidden)]
pub use outcome::judge::Missing;
#[cfg(feature = "cache")]
#[doc(hidden)]
pub use policy::answer::kept::Answer;
#[doc(hidden)]
pub use policy::answer::kept::Shareable;
#[doc(hidden)]
pub use policy::answer::key::{CacheKey, Owned};

pub use catalog::{Catalog, audit, catalog};
pub use current::{Current, current};
pub use event::{
    DelaySource, Event, Fault, HeaderFault, Observer, Observing, StopReason, TimeoutScope, TransitionReason,
    observe, observe_named,
};
pub use outcome::{Class, Classify, Error, Rejected, RejectedKind};
pub use policy::breaker::{Breaker, BreakerConfig, Mode, Permit, Snapshot, State, Window, breakers};
pub use policy::budget::{BudgetConfig, BudgetSnapshot, RetryBudget, Withdrawal, retry_budgets};
pub use policy::bulkhead::{Adaptive, Bulkhead, BulkheadConfig, BulkheadSnapshot, Enter, Slot, bulkheads};
#[cfg(feature = "cache")]
pub use policy::cache::{Cache, CacheConfig, CacheSnapshot, caches};
#[cfg(feature = "chaos")]
pub use policy::chaos;
pub use policy::limiter::{
    Algorithm, Rate, RateLimitConfig, RateLimitSnapshot, RateLimiter, Reservation, rate_limiters,
};
pub use policy::preset::Preset;
pub use policy::retry::{Backoff, BackoffPolicy, Jitter};
pub use policy::ruling::InvalidConfig;
pub use policy::throttle::{Admission, Throttle, ThrottleConfig, ThrottleSnapshot, throttles};
#[cfg(feature = "propagation")]
pub use propagation::current_headers;
#[cfg(feature = "macros")]
pub use resilience_macros::{Classify, resilient};
pub use rng::Rng;
#[cfg(feature = "serde")]
pub use settings::Settings;
