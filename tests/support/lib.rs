//! What the behaviour tests share.

pub mod watch;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Polls `future` once, with nobody to wake.
pub fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}
