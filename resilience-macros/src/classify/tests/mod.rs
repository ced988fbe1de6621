//! What the derive writes, and what it says.

mod expansion;
mod message;
