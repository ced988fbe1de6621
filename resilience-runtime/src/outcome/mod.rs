//! What came of an attempt, and how it is taken: the [`Class`] of an error, the [`Rejected`] of a policy, and who judges
//! between success and failure.
//!
//! `class` is the classification that all policies share; `error` what a policy refuses with; `chain` finds a refusal in
//! what was made from it; `probe` asks the compiler what the error type can do, and `judge` does that; `given` asks it what is a future. `keep` holds an
//! error for the fallback.

pub(crate) mod chain;
mod class;
mod error;
pub(crate) mod given;
pub(crate) mod judge;
pub(crate) mod keep;
pub(crate) mod probe;

pub use self::class::{Class, Classify};
pub use self::error::{Error, Rejected, RejectedKind};
