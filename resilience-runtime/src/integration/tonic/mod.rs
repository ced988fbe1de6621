//! tonic: a status as a class, and a status made from a refusal; with the feature `propagation`, requests that name the
//! attempt which sends them.

#[cfg(feature = "propagation")]
mod propagate;

use core::error::Error as _;
use core::time::Duration;
use std::sync::Arc;

use ::tonic::metadata::MetadataValue;
use ::tonic::{Code, Status};
use ::tonic_types::StatusExt as _;

use crate::outcome::chain::refusal;
use crate::outcome::{Class, Classify, Rejected, RejectedKind};
#[cfg(feature = "propagation")]
pub use propagate::Propagate;

/// The header by which a gRPC server says when to come back, in milliseconds; a negative one says never.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// What tonic says when the time of a request is over.
const TIMEOUT_EXPIRED: &str = "Timeout expired";

/// What tonic says when a stream ends within a message.
const CUT_OFF: &str = "Unexpected EOF decoding stream.";

/// | code | class |
/// |---|---|
/// | `UNAVAILABLE`, `ABORTED`, `DEADLINE_EXCEEDED`, `UNKNOWN` | transient |
/// | `RESOURCE_EXHAUSTED`, and any of these with the server's `grpc-retry-pushback-ms` or `RetryInfo` | throttled, with the hint |
/// | any of these with a negative `grpc-retry-pushback-ms` | permanent: the server asks not to come back |
/// | `CANCELLED` with tonic's "Timeout expired" | transient: tonic says so for a time-out, its own or the server's |
/// | `INTERNAL` with tonic's "Unexpected EOF decoding stream." | transient: the connection or a proxy ended it |
/// | `CANCELLED` and `INTERNAL` with a source | transient: no server said so, but tonic, of a connection that is gone |
/// | `CANCELLED` | ignored: the caller's own choice |
/// | the others | permanent |
///
/// Where the server says both, the header holds. A `RetryInfo` of no time, or less, says nothing.
///
/// A status that has a [`Rejected`] for its source, however deep, is taken as that: it was made in this process.
///
/// Sources: gRPC, "Status codes and their use in gRPC"; gRPC proposal A6, "Client Retries"; `google/rpc/error_details.proto`.
#[diagnostic::do_not_recommend]
impl Classify for Status {
    fn classify(&self) -> Class {
        if let Some(rejected) = refusal(self) {
            return rejected.classify();
        }
        match self.code() {
            Code::Cancelled if self.message() == TIMEOUT_EXPIRED => Class::Transient,
            Code::Internal if self.message() == CUT_OFF => Class::Transient,
            // What a server says has no source on this side.
            Code::Cancelled | Code::Internal if self.source().is_some() => Class::Transient,
            Code::Cancelled => Class::Ignored,
            code @ (Code::Unavailable
            | Code::Aborted
            | Code::DeadlineExceeded
            | Code::Unknown
            | Code::ResourceExhausted) => match pushback(self) {
                Pushback::After(after) => Class::Throttled { retry_after: Some(after) },
                Pushback::Never => Class::Permanent,
                Pushback::None if code == Code::ResourceExhausted => Class::Throttled { retry_after: None },
                Pushback::None => Class::Transient,
            },
            _ => Class::Permanent,
        }
    }

    fn error_type(&self) -> &'static str {
        if let Some(rejected) = refusal(self) {
            return rejected.error_type();
        }
        match self.code() {
            Code::Ok => "OK",
            Code::Cancelled => "CANCELLED",
            Code::Unknown => "UNKNOWN",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::NotFound => "NOT_FOUND",
            Code::AlreadyExists => "ALREADY_EXISTS",
            Code::PermissionDenied => "PERMISSION_DENIED",
            Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code::FailedPrecondition => "FAILED_PRECONDITION",
            Code::Aborted => "ABORTED",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::Unimplemented => "UNIMPLEMENTED",
            Code::Internal => "INTERNAL",
            Code::Unavailable => "UNAVAILABLE",
            Code::DataLoss => "DATA_LOSS",
            Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}

enum Pushback {
    None,
    After(Duration),
    Never,
}

/// What the server says of coming back, by the header or in the details. A header that is no number says, by the
/// specification, never.
fn pushback(status: &Status) -> Pushback {
    let Some(value) = status.metadata().get(PUSHBACK) else {
        // One that is negative is read as zero.
        let delay = status.get_details_retry_info().and_then(|info| info.retry_delay);
        return delay.filter(|delay| !delay.is_zero()).map_or(Pushback::None, Pushback::After);
    };
    match value.to_str().ok().and_then(|text| text.parse::<i64>().ok()).map(u64::try_from) {
        Some(Ok(millis)) => Pushback::After(Duration::from_millis(millis)),
        _ => Pushback::Never,
    }
}

/// A breaker, a full bulkhead and a throttle are `UNAVAILABLE`, a rate limit is `RESOURCE_EXHAUSTED`, a limit of time
/// `DEADLINE_EXCEEDED`; the time to come back, where it is known, goes along as `grpc-retry-pushback-ms`. The refusal
/// is the source, which stays in this process.
impl From<Rejected> for Status {
    fn from(rejected: Rejected) -> Self {
        let code = match rejected.kind() {
            RejectedKind::BreakerOpen | RejectedKind::BulkheadFull | RejectedKind::Throttled => {
                Code::Unavailable
            }
            RejectedKind::RateLimited => Code::ResourceExhausted,
            RejectedKind::Timeout | RejectedKind::Deadline => Code::DeadlineExceeded,
        };
        let mut status = Self::new(code, rejected.to_string());
        if let Some(after) = rejected.retry_after() {
            let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            status.metadata_mut().insert(PUSHBACK, MetadataValue::from(millis));
        }
        status.set_source(Arc::new(rejected));
        status
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use ::tonic_types::ErrorDetails;

    use super::*;

    fn pushed_back(code: Code, value: &'static str) -> Class {
        let mut status = Status::new(code, "");
        status.metadata_mut().insert(PUSHBACK, MetadataValue::from_static(value));
        status.classify()
    }

    #[test]
    fn codes_are_split_by_whether_another_attempt_can_help() {
        let class = |code| Status::new(code, "").classify();
        assert_eq!(class(Code::Unavailable), Class::Transient);
        assert_eq!(class(Code::ResourceExhausted), Class::Throttled { retry_after: None });
        assert_eq!(class(Code::Cancelled), Class::Ignored);
        let timeout = Status::cancelled(::tonic::TimeoutExpired(()).to_string());
        assert_eq!(timeout.classify(), Class::Transient);
        for lasting in [Code::InvalidArgument, Code::NotFound, Code::Unimplemented, Code::Internal] {
            assert_eq!(class(lasting), Class::Permanent, "{lasting:?}");
        }
    }

    #[test]
    fn what_the_connection_says_and_no_server_is_transient() {
        for code in [Code::Unknown, Code::Cancelled, Code::Internal] {
            let mut status = Status::new(code, "h2 protocol error: http2 error");
            status.set_source(Arc::new(io::Error::from(io::ErrorKind::ConnectionReset)));
            assert_eq!(status.classify(), Class::Transient, "{code:?}");
        }
    }

    // M12
    #[test]
    fn the_server_says_when_to_come_back_and_whether() {
        let after = |millis| Class::Throttled { retry_after: Some(Duration::from_millis(millis)) };
        assert_eq!(pushed_back(Code::Unavailable, "500"), after(500));
        assert_eq!(pushed_back(Code::ResourceExhausted, "0"), after(0));
        assert_eq!(pushed_back(Code::Unavailable, "-1"), Class::Permanent);
        assert_eq!(pushed_back(Code::Unavailable, "soon"), Class::Permanent);
        assert_eq!(pushed_back(Code::NotFound, "500"), Class::Permanent);
    }

    /// What arrives of it.
    fn received(sent: &Status) -> Status {
        Status::with_metadata(sent.code(), sent.message(), sent.metadata().clone())
    }

    #[test]
    fn the_details_say_when_to_come_back() {
        let class = |code, delay| {
            let details = ErrorDetails::with_retry_info(delay);
            Status::with_error_details(code, "", details).classify()
        };
        let delay = Some(Duration::from_millis(2500));
        assert_eq!(class(Code::Unavailable, delay), Class::Throttled { retry_after: delay });
        assert_eq!(class(Code::ResourceExhausted, delay), Class::Throttled { retry_after: delay });
        assert_eq!(class(Code::NotFound, delay), Class::Permanent);
        for nothing in [None, Some(Duration::ZERO)] {
            assert_eq!(class(Code::Unavailable, nothing), Class::Transient);
        }
        let unreadable = Status::with_details(Code::Unavailable, "", b"soon".to_vec().into());
        assert_eq!(unreadable.classify(), Class::Transient);
    }

    #[test]
    fn the_header_goes_before_the_details() {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(1)));
        let mut status = Status::with_error_details(Code::Unavailable, "", details);
        status.metadata_mut().insert(PUSHBACK, MetadataValue::from_static("-1"));
        assert_eq!(status.classify(), Class::Permanent);
    }

    #[test]
    fn a_refusal_becomes_a_status_with_its_hint() {
        let status = received(&Rejected::rate_limited("api", Duration::from_millis(1500)).into());
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert_eq!(status.classify(), Class::Throttled { retry_after: Some(Duration::from_millis(1500)) });
        let status = received(&Rejected::timeout("load", Duration::from_secs(1)).into());
        assert_eq!((status.code(), status.classify()), (Code::DeadlineExceeded, Class::Transient));
    }

    #[test]
    fn a_refusal_of_this_process_is_taken_as_that() {
        let refused = Rejected::throttled("api");
        for status in [
            Status::from(refused),
            Status::from_error(refused.into()),
            Status::from_error(io::Error::from(refused).into()),
            Status::from_error(Box::new(io::Error::other(Status::from(refused)))),
        ] {
            assert_eq!((status.classify(), status.error_type()), (Class::Ignored, "throttled"), "{status:?}");
        }
        let timeout = Status::from(Rejected::timeout("load", Duration::from_secs(1)));
        assert_eq!((timeout.classify(), timeout.error_type()), (Class::Transient, "timeout"));
    }
}
