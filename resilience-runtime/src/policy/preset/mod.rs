//! Presets: named sets of policies, so that a function says what kind of work it does and not a dozen numbers.
//!
//! Most functions of a program need one of a few sets of policies. A preset is such a set, made once and reviewed once;
//! the attribute takes it by name (`preset = "critical"`) or by the path of a constant, and changes what is
//! different in one function key by key. Three are built in: [`Preset::CRITICAL`], [`Preset::STANDARD`] and
//! [`Preset::BATCH`]. An attribute that says nothing has the standard one.
//!
//! It is no policy by itself and shares no state: each function has a breaker, a limit and a budget of its own, unless
//! the attribute gives them names.
//!
//! **When it does not help.** A preset knows neither the dependency nor what its callers bear. The built-in ones have no
//! deadline, because how long a caller waits is not for a library to say.
//!
//! **What it costs.** Nothing at run time: it is merged with the rest of the attribute in const evaluation. A function
//! with one has the loop, the room for a timer and the questions of all the policies that the preset may have.
//!
//! `config` is the builder, `merge` what generated code begins an override with, `check` the rules on the whole.

pub(crate) mod check;
mod config;
pub(crate) mod merge;
#[cfg(all(test, not(resilience_loom)))]
mod tests;

pub use config::Preset;
