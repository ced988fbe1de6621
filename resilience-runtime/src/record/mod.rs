//! Reads the runtime's own spans and events back as values: what `testing` and `terminal` are made of.
//!
//! Every call of an annotated function becomes a [`Call`] with its [`Attempt`]s, [`Wait`]s, [`Queue`]s and its
//! [`Fallback`]; annotated functions that it called stand below the attempt they ran in. It sees what any
//! backend sees, no more: nothing in the runtime knows that it is there.
//!
//! What it costs: one short lock per span, record and event of this crate, and the memory of the calls that
//! are kept. It is meant for tests and for a developer's terminal.

mod call;
mod draw;
mod forest;
mod layer;
mod line;
mod step;
mod story;
mod tell;
mod tree;
mod value;

#[cfg(all(test, feature = "test-util"))]
mod drawings;
#[cfg(all(test, feature = "test-util"))]
pub(crate) mod script;
#[cfg(all(test, feature = "test-util"))]
mod tests;

pub use call::{Attempt, Call, Fallback, Queue, RecordedEvent, Wait};
pub use draw::{Style, draw};
pub use value::{Fields, Value};

#[cfg(feature = "terminal")]
pub(crate) use draw::draw_event;
#[cfg(feature = "test-util")]
pub(crate) use forest::Forest;
#[cfg(feature = "terminal")]
pub(crate) use layer::Finished;
pub(crate) use layer::Reader;
#[cfg(feature = "test-util")]
pub(crate) use layer::Shared;
#[cfg(feature = "terminal")]
pub(crate) use tell::is_good;
