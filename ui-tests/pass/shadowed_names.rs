//! A crate in which nearly every name that an expansion could use means something else.

#![allow(dead_code, non_camel_case_types)]

use resilience_runtime::{Rejected, resilient};

mod core {}
mod std {}
mod tracing {}

enum Answer {
    Ok,
    Err,
    Some,
    None,
}

use Answer::*;

struct Result;
struct Option;
struct Box;
struct Duration;
struct Future;
struct Site;
struct Call;
trait Clone {}
trait From {}

type Outcome<T> = ::std::result::Result<T, Failed>;

#[derive(Debug, PartialEq)]
struct Failed;

impl ::std::convert::From<Rejected> for Failed {
    fn from(_: Rejected) -> Self {
        Failed
    }
}

fn call() -> u32 {
    1
}

fn attempt() -> u32 {
    2
}

fn returns() -> u32 {
    3
}

#[resilient(retry = "fixed", max = 2, timeout = "1s", breaker = "shadowed", when = |_| true, fallback = instead)]
async fn load(call_: u32, probe: u32, result: u32, secs: u32) -> Outcome<u32> {
    let __call = call() + attempt() + returns() + call_ + probe;
    let _ = (Ok, Err, Some, None);
    if secs == 0 {
        return ::std::result::Result::Err(Failed);
    }
    ::std::result::Result::Ok(__call + result)
}

fn instead(_: u32, _: u32, _: u32, _: u32) -> Outcome<u32> {
    ::std::result::Result::Ok(0)
}

#[::tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load(10, 100, 1000, 1).await, ::std::result::Result::Ok(1116));
    assert_eq!(load(10, 100, 1000, 0).await, ::std::result::Result::Ok(0));
}
