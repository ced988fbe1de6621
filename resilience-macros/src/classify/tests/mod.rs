//! What the derive writes, and what it says.

#![expect(clippy::needless_raw_string_hashes, reason = "written so by `UPDATE_EXPECT=1 cargo test`")]

mod expansion;
mod message;
