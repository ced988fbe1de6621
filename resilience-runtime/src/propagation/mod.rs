//! Across services: what an attempt tells the service that it calls, and what that service takes over (feature
//! `propagation`).
//!
//! [`current_headers`] names the attempt: its span, so that a trace shows which attempt reached which server; the time
//! that is left; and whether another attempt may follow. On the other side, [`Incoming`] makes this hold for what runs
//! in its scope: the deadline is inherited, and what the caller will try again is not tried again below it, or three
//! attempts at each of three services were twenty-seven at the last.
//!
//! | feature | brings |
//! |---|---|
//! | `propagation` | this module; `traceparent` too where `otel` is on |
//! | `reqwest-middleware` | `integration::reqwest_middleware::Propagate`: adds the headers to requests |
//! | `tower` | `integration::tower::InheritLayer`: takes them over, in any server made of tower services: axum, tonic |
//! | `axum` | the same, and [`Rejected`](crate::Rejected) as a response |
//! | `tonic` with `propagation` | `integration::tonic::Propagate`: an interceptor for clients, which writes `grpc-timeout` |
//!
//! **Trust.** Headers come from outside. They can shorten a deadline and take retries away from their own request, and
//! nothing else: a time-out by the caller's deadline is not counted by breakers, throttles and bulkheads, so that
//! nobody can open a breaker by asking with no time left.
//!
//! **What is cut off.** An annotated function with a policy that can refuse (a limit of time, a breaker, a rate limit, a
//! bulkhead, a throttle) ends at the caller's deadline. One that has retries alone could not say so, and only begins no
//! wait that would pass it; code that is not annotated runs on.
//!
//! What it costs: with the feature, two thread-locals that are set while an attempt is polled; without, nothing.

mod caller;
mod headers;
mod incoming;
pub(crate) mod inherited;
mod outgoing;
mod trace;

pub use self::caller::{Caller, caller};
pub use self::headers::{ATTEMPT, ATTEMPTS_LEFT, GRPC_TIMEOUT, RejectedHeaders, TIMEOUT, rejected_headers};
pub use self::incoming::{Incoming, Scoped};
pub use self::outgoing::{current_headers, record_resend};

#[cfg(feature = "tonic")]
pub(crate) use self::headers::read_grpc_timeout;
#[cfg(feature = "otel")]
pub(crate) use self::headers::{Header, rejected};
#[cfg(feature = "tonic")]
pub(crate) use self::outgoing::{attempt_headers, grpc_timeout};
