//! redis: its errors as classes.

use ::redis::{ErrorKind, RedisError, RetryMethod, ServerErrorKind};

use crate::outcome::{Class, Classify};

/// A connection that broke, timed out or could not be made is transient, a reply that was cut short too, which the
/// client reports as one that it cannot parse; and so is what the server calls temporary: `LOADING`, `TRYAGAIN`,
/// `CLUSTERDOWN`, `MASTERDOWN`, moved keys, a replica that was a master. Everything else is permanent: the command or
/// the client is wrong.
#[diagnostic::do_not_recommend]
impl Classify for RedisError {
    fn classify(&self) -> Class {
        let can_help = match self.kind() {
            // All but what the operating system refuses for good, which is all that the client does not retry.
            ErrorKind::Io => !matches!(self.retry_method(), RetryMethod::NoRetry),
            ErrorKind::Parse
            | ErrorKind::MasterNameNotFoundBySentinel
            | ErrorKind::NoValidReplicasFoundBySentinel
            | ErrorKind::ClusterConnectionNotFound => true,
            ErrorKind::Server(kind) => matches!(
                kind,
                ServerErrorKind::BusyLoading
                    | ServerErrorKind::TryAgain
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::Moved
                    | ServerErrorKind::Ask
                    | ServerErrorKind::ReadOnly
            ),
            _ => false,
        };
        if can_help { Class::Transient } else { Class::Permanent }
    }

    fn error_type(&self) -> &'static str {
        match self.kind() {
            ErrorKind::Io if self.is_timeout() => "redis::Timeout",
            ErrorKind::Io => "redis::Io",
            ErrorKind::Parse => "redis::Parse",
            ErrorKind::AuthenticationFailed => "redis::AuthenticationFailed",
            ErrorKind::UnexpectedReturnType => "redis::UnexpectedReturnType",
            ErrorKind::Client | ErrorKind::InvalidClientConfig => "redis::Client",
            ErrorKind::ClusterConnectionNotFound => "redis::ClusterConnectionNotFound",
            ErrorKind::Server(kind) => match kind {
                ServerErrorKind::BusyLoading => "redis::BusyLoading",
                ServerErrorKind::TryAgain => "redis::TryAgain",
                ServerErrorKind::ClusterDown => "redis::ClusterDown",
                ServerErrorKind::MasterDown => "redis::MasterDown",
                ServerErrorKind::ReadOnly => "redis::ReadOnly",
                _ => "redis::Server",
            },
            _ => "redis::Error",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn class(kind: ErrorKind) -> Class {
        RedisError::from((kind, "in a test")).classify()
    }

    #[test]
    fn errors_are_split_by_whether_another_attempt_can_help() {
        for kind in [ErrorKind::Parse, ErrorKind::Server(ServerErrorKind::BusyLoading)] {
            assert_eq!(class(kind), Class::Transient, "{kind:?}");
        }
        for kind in
            [ErrorKind::Client, ErrorKind::UnexpectedReturnType, ErrorKind::Server(ServerErrorKind::NoPerm)]
        {
            assert_eq!(class(kind), Class::Permanent, "{kind:?}");
        }
    }

    #[test]
    fn trouble_with_the_connection_is_transient() {
        for kind in [io::ErrorKind::TimedOut, io::ErrorKind::ConnectionRefused, io::ErrorKind::BrokenPipe] {
            let error = RedisError::from(io::Error::from(kind));
            assert_eq!(error.classify(), Class::Transient, "{kind:?}");
        }
        let denied = RedisError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(denied.classify(), Class::Permanent);
    }
}
