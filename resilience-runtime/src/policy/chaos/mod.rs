//! Chaos: faults on purpose, in front of the body, to see whether the policies around it do what they are there for.
//!
//! A retry, a breaker or a fallback that has never met a failure is a guess. With `chaos` a test, or a stage of a
//! deployment, makes an annotated function slow, lets it fail with an error of its own, or panic, for a share of its
//! attempts, while the function stays as it is. Faults stand innermost: inside of `timeout`, so that a latency can run
//! into it, and seen by the breaker and the retry as those of a dependency.
//!
//! It is no test of the body, which a fault takes the place of, and none of what happens when a dependency answers
//! wrongly. And it is never meant to be there by accident: it needs the feature `chaos`, and a build without debug
//! assertions refuses it unless it says `release = true`.
//!
//! **How it decides.** Two numbers are drawn for each attempt, one for how it ends, one for its latency: the two are
//! independent, and an attempt can be slow and fail. A fault is injected where its number is below the rate, so that
//! with a `seed` a higher rate injects all the faults of a lower one, and more. With a seed, the numbers of the
//! n-th attempt follow from the seed and n alone; attempts are numbered as they come, while the chaos is enabled.
//!
//! That systems are to be shown to bear faults, by experiments, is the matter of "Chaos Engineering" (A. Basiri et al.,
//! IEEE Software 33:3, 2016); faults as a policy among others, with rates, are those of Polly's chaos strategies.
//!
//! **What it costs.** While it is disabled, the load of a flag in each attempt. Enabled, a short lock. Functions without
//! it pay nothing.
//!
//! ```
//! use resilience_runtime::chaos::Chaos;
//! use resilience_runtime::resilient;
//! use std::io;
//!
//! #[resilient(
//!     retry = "fixed", max = 3, base = "1ms",
//!     chaos("search", error = io::ErrorKind::ConnectionReset.into(), error_rate = "100%", enabled = false),
//! )]
//! # #[cfg(debug_assertions)]
//! async fn search(word: &str) -> io::Result<usize> {
//!     Ok(word.len())
//! }
//!
//! # #[cfg(debug_assertions)]
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! assert_eq!(search("word").await?, 4);
//!
//! let chaos = Chaos::named("search").expect("it is annotated");
//! chaos.enable();
//! assert_eq!(search("word").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
//! assert_eq!(chaos.snapshot().errors, 3);
//! # Ok::<_, io::Error>(()) }).unwrap();
//! ```
//!
//! `state` is the decision, pure; `guard` the handle with its lock; `inject` what happens in an attempt.

pub(crate) mod check;
mod config;
mod guard;
mod inject;
#[cfg(all(test, resilience_loom))]
mod loom;
mod registry;
mod snapshot;
mod state;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use config::ChaosConfig;
pub use guard::Chaos;
pub use inject::Faults;
pub(crate) use registry::is_active;
pub use registry::{all, disable_all};
pub use snapshot::ChaosSnapshot;
