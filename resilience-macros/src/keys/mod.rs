//! From the tokens of the attribute to its keys, each once and in its place.
//!
//! `syntax` splits tokens into items, `rooms` knows all options, `place` says which one an item is where it stands, `walk`
//! goes over all of them, and `merge` puts those of a method over those of its block. No value is read before.

pub(crate) mod merge;
mod place;
pub(crate) mod rooms;
mod syntax;
mod walk;

pub(crate) use self::walk::read;
