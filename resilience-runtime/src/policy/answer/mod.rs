//! Answers that are given more than once, which `cache` and `coalesce` have in common: what they are found by, and how they
//! are copied.

pub(crate) mod kept;
pub(crate) mod key;
