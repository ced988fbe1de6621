//! One case: who does what, and how to make it do so any number of times.

use std::fmt;

use quanta::Clock;

/// A case, of one row of the table.
pub struct Case {
    /// The row's mark, such as `B1`.
    pub row: &'static str,
    /// Whose: `resilient`, or the name of a crate.
    pub who: &'static str,
    /// The size of the future, in bytes.
    pub size: usize,
    /// How to make calls.
    pub run: Box<Run>,
}

/// Makes calls, one after the other.
pub type Run = dyn Fn(Calls<'_>) + Send + Sync;

/// How many calls, and whether each is timed.
#[derive(Debug)]
pub enum Calls<'times> {
    /// So many, as fast as they go.
    Many(u64),
    /// One for each place of the slice, which gets how long it took in nanoseconds, the clock's own time included.
    Timed(&'times Clock, &'times mut [u32]),
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, {} bytes", self.row, self.who, self.size)
    }
}

impl Case {
    /// Makes that many calls. By its name callgrind knows when to count.
    #[inline(never)]
    pub fn call(&self, calls: u64) {
        (self.run)(Calls::Many(calls));
    }

    /// Makes a call for each place, and leaves there how long it took in nanoseconds, the clock's own time included.
    pub fn time(&self, clock: &Clock, times: &mut [u32]) {
        (self.run)(Calls::Timed(clock, times));
    }
}

/// The time since `start`, which the clock was read as; four seconds where it was longer.
#[inline]
#[must_use]
pub fn since(clock: &Clock, start: u64) -> u32 {
    u32::try_from(clock.delta_as_nanos(start, clock.raw())).unwrap_or(u32::MAX)
}

/// Adds a case whose future is ready at its first poll: `ready_case!(cases, "B1", "name", |n| future)`.
///
/// What stands in brackets after the name is run once a batch, and can be used by all calls of it.
#[macro_export]
macro_rules! ready_case {
    ($cases:ident, $row:literal, $who:literal, $([$($setup:tt)*])? |$n:ident| $future:expr) => {{
        let size = { $($($setup)*)? let $n = 0; ::std::mem::size_of_val(&$future) };
        let run = move |calls: $crate::case::Calls<'_>| {
            $($($setup)*)?
            match calls {
                $crate::case::Calls::Many(calls) => for $n in 0..calls {
                    let $n = ::std::hint::black_box($n);
                    ::std::hint::black_box($crate::operation::ready(::std::pin::pin!($future)).is_ok());
                },
                $crate::case::Calls::Timed(clock, times) => for ($n, time) in (0..).zip(times) {
                    let start = clock.raw();
                    let $n = ::std::hint::black_box($n);
                    ::std::hint::black_box($crate::operation::ready(::std::pin::pin!($future)).is_ok());
                    *time = $crate::case::since(clock, start);
                },
            }
        };
        $cases.push($crate::case::Case { row: $row, who: $who, size, run: Box::new(run) });
    }};
}

/// The same for a future that waits, inside of a runtime.
#[macro_export]
macro_rules! waiting_case {
    ($cases:ident, $row:literal, $who:literal, $([$($setup:tt)*])? |$n:ident| $future:expr) => {{
        let size = { $($($setup)*)? let $n = 0; ::std::mem::size_of_val(&$future) };
        let run = move |calls: $crate::case::Calls<'_>| {
            $($($setup)*)?
            $crate::RUNTIME.block_on(async {
                match calls {
                    $crate::case::Calls::Many(calls) => for $n in 0..calls {
                        let $n = ::std::hint::black_box($n);
                        ::std::hint::black_box($future.await.is_ok());
                    },
                    $crate::case::Calls::Timed(clock, times) => for ($n, time) in (0..).zip(times) {
                        let start = clock.raw();
                        let $n = ::std::hint::black_box($n);
                        ::std::hint::black_box($future.await.is_ok());
                        *time = $crate::case::since(clock, start);
                    },
                }
            });
        };
        $cases.push($crate::case::Case { row: $row, who: $who, size, run: Box::new(run) });
    }};
}
