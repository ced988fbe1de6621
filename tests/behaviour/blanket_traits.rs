//! Traits of the user's for every type, with methods of the names that an expansion calls.

use std::pin::Pin;

use resilience_runtime::{Rejected, current, resilient};

/// Why a call fails.
#[derive(Clone, Debug)]
struct Failed;

impl From<Rejected> for Failed {
    fn from(_: Rejected) -> Self {
        Self
    }
}

impl From<Failed> for u64 {
    fn from(_: Failed) -> Self {
        1
    }
}

/// Fails in the first attempt.
fn flaky() -> Result<(), Failed> {
    if current().attempt() == 1 { Err(Failed) } else { Ok(()) }
}

/// A trait that every type has, with `$method`s that take `$self`.
macro_rules! every_type_has {
    ($self:tt $($method:ident)*) => {
        pub(super) trait Everything: Sized {
            $(every_type_has!(@ $method $self);)*
        }

        impl<T> Everything for T {}
    };
    (@ $method:ident ($($self:tt)+)) => {
        #[expect(dead_code, reason = "an expansion that calls it is at fault")]
        #[allow(clippy::wrong_self_convention, reason = "what it takes is what is tried")]
        fn $method($($self)+) {}
    };
}

/// Functions with all that is called in an expansion, where such a trait is in scope.
macro_rules! functions {
    ($scope:ident, $self:tt) => {
        mod $scope {
            use super::{Failed, Pin, flaky, resilient};

            mod everything {
                every_type_has! {
                    $self as_mut attempt bind blocking_attempt blocking_board blocking_fallback blocking_fallback_or_next
                    blocking_inject blocking_once board breaker_name breaker_state call call_in chaos clone coalescing
                    digest error fails fallback fallback_or_next falls_back file function future hedged inject keeping
                    keeping_error kind limit_key limited line mapped max_attempts number once operation own priority
                    reader recall recalled rejecter rejecting remembering retry seal taken
                    timeout when when_ok
                }
            }
            #[expect(unused_imports, reason = "no expansion takes a method of it")]
            use everything::Everything as _;

            fn instead(_: u64, error: Failed) -> Result<u64, Failed> {
                Ok(error.into())
            }

            #[resilient(
                retry = "fixed", breaker("blanket", consecutive = 9), throttle, timeout = "1s", deadline = "1m",
                rate_limit("1000/s", key = id), bulkhead("blanket", max = 9, queue = 9, wait = "1s", priority = 2_i16),
                cache = "60s", coalesce, when = |_| true, when_ok = |_| false, idempotency_key = id,
                chaos(error_rate = "0%", error = Failed, release = true), map_rejected = |_| Failed, fields(id),
                fallback = Ok(id)
            )]
            pub(super) async fn every(id: u64) -> Result<u64, Failed> {
                flaky()?;
                Ok(id)
            }

            #[resilient(timeout = "1s", fallback(|_, _| async { Err(Failed) }, instead))]
            pub(super) async fn saved(id: u64) -> Result<u64, Failed> {
                if id == 0 { Ok(id) } else { Err(Failed) }
            }

            #[resilient(hedge = "1s", idempotent)]
            pub(super) async fn hedged(id: u64) -> Result<u64, Failed> {
                Ok(id)
            }

            #[resilient(deadline = "1s", breaker = "blanket")]
            pub(super) async fn once(id: u64) -> Result<u64, Failed> {
                Ok(id)
            }

            #[resilient(
                retry = "fixed", base = "1ms", cache = "60s", coalesce, fallback(instead, Ok(id)),
                chaos(latency = "1ms", latency_rate = "0%", release = true)
            )]
            pub(super) fn blocking(id: u64) -> Result<u64, Failed> {
                flaky()?;
                Ok(id)
            }

            #[resilient(breaker = "blanket")]
            pub(super) fn blocking_once(id: u64) -> Result<u64, Failed> {
                Ok(id)
            }

            pub(super) struct Pinned(pub(super) u64);

            impl Pinned {
                #[resilient(retry = "fixed")]
                pub(super) async fn load(self: Pin<&mut Self>) -> Result<u64, Failed> {
                    flaky()?;
                    Ok(self.0)
                }
            }
        }

        #[tokio::test(start_paused = true)]
        async fn $scope() -> Result<(), Failed> {
            assert_eq!($scope::every(7).await?, 7);
            assert_eq!($scope::saved(7).await?, 1);
            assert_eq!($scope::hedged(7).await?, 7);
            assert_eq!($scope::once(7).await?, 7);
            assert_eq!($scope::blocking(7)?, 7);
            assert_eq!($scope::blocking_once(7)?, 7);
            assert_eq!(Pin::new(&mut $scope::Pinned(7)).load().await?, 7);
            Ok(())
        }
    };
}

functions!(methods_that_take_a_value, (self));
functions!(methods_that_borrow, (&self));
functions!(methods_that_borrow_exclusively, (&mut self));
