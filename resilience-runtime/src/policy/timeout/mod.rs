//! Timeout and deadline: how long one attempt, and a whole call, may take.
//!
//! A dependency that hangs takes its callers along: each waits, holds what it holds, and is waited for. A
//! `timeout` ends one attempt, so that another can be made; a `deadline` ends the call with all its attempts
//! and waits, since nobody listens to an answer that comes later.
//!
//! **When it does not help.** Against code that blocks its thread: a future is cut off where it awaits, never
//! between. And what was cut off may have been carried out all the same.
//!
//! **What it costs.** A timer, made when the body suspends for the first time; a body that is ready at once pays
//! nothing for a `timeout`. A `deadline` reads the clock when the call begins.
//!
//! **How it decides.** The body is polled before the timer: an answer that is ready in the same instant wins.

pub(crate) mod check;
