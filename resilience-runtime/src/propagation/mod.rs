//! Across services: what an attempt tells the service that it calls, and what that service takes over (feature
//! `propagation`).
//!
//! [`current_headers`] names the attempt: its span, so that a trace shows which attempt reached which server; the time
//! that is left; and whether another attempt may follow. On the other side, [`Incoming`] makes this hold for what runs
//! in its scope: the deadline is inherited, and what the caller will try again is not tried again below it. So retries
//! add up and do not multiply: with three attempts at each of three services, the last one is asked seven times and not
//! twenty-seven.
//!
//! | feature | brings |
//! |---|---|
//! | `propagation` | this module; the trace too where `otel` is on |
//! | `reqwest-middleware` | `integration::reqwest_middleware::Propagate`: adds the headers to requests |
//! | `tower` | `integration::tower::InheritLayer`: takes them over, in any server made of tower services: axum, tonic |
//! | `axum` | the same, and [`Rejected`](crate::Rejected) as a response |
//! | `tonic` with `propagation` | `integration::tonic::Propagate`: an interceptor for clients, which writes `grpc-timeout` |
//!
//! For other clients there is [`current_headers`], for other servers [`Incoming`].
//!
//! **Trust.** Headers come from outside. They can shorten a deadline, take retries away from their own request, name
//! the trace that it belongs to and whether that is sampled, and have their `baggage` passed on with it, and nothing else.
//! What is malformed, absurd or there more than once is ignored, and counted by [`rejected_headers`]; what `baggage` may
//! be, OpenTelemetry limits. A time-out by the caller's deadline is not counted by breakers, throttles and
//! bulkheads, so that nobody can open a breaker by asking with no time left. Where callers are strangers, a layer can
//! leave the trace and the baggage alone, and retries where they are.
//!
//! **What is cut off.** An annotated function with a policy that can refuse (a limit of time, a breaker, a rate limit, a
//! bulkhead, a throttle) ends at the caller's deadline. One that has retries alone could not say so, and only begins no
//! wait that would pass it; code that is not annotated runs on. The time counts from the arrival of the request, since no
//! two clocks agree: what it took to arrive is not taken off.
//!
//! **What is not taken over.** Extra attempts of a hedge are made also where the caller tries again: they are for calls that
//! are slow, not for those that failed. A task that is spawned, and the body of a response that is streamed after the
//! handler returned, are outside of the scope.
//!
//! **Cost.** With the feature, a thread-local is set while an attempt is polled: 18 instructions in a function with
//! `retry`, 7 in others. Without the feature, none.

mod caller;
mod headers;
mod incoming;
pub(crate) mod inherited;
mod outgoing;
mod trace;

pub use self::caller::{Caller, caller};
pub use self::headers::{ATTEMPT, ATTEMPTS_LEFT, GRPC_TIMEOUT, RejectedHeaders, TIMEOUT, rejected_headers};
pub use self::incoming::{Incoming, Scoped};
pub use self::outgoing::{current_headers, record_resend, record_server};

#[cfg(feature = "tonic")]
pub(crate) use self::headers::read_grpc_timeout;
#[cfg(feature = "otel")]
pub(crate) use self::headers::{Header, rejected};
#[cfg(feature = "tonic")]
pub(crate) use self::outgoing::{attempt_headers, grpc_timeout};
