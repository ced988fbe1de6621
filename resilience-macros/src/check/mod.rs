//! The rules that can be checked on tokens alone; all others are const checks of the runtime.

pub(crate) mod cache;
pub(crate) mod chaos;
pub(crate) mod combine;
pub(crate) mod feature;
pub(crate) mod function;
pub(crate) mod hedge;
pub(crate) mod keys;
mod lasting;
pub(crate) mod merge;
mod place;
pub(crate) mod sharing;
