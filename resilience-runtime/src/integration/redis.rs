//! redis: its errors as classes.

use ::redis::{ErrorKind, RedisError, RetryMethod, ServerErrorKind};

use crate::outcome::chain::refusal;
use crate::outcome::{Class, Classify};

/// What the server calls temporary, by its code.
const TEMPORARY: [&str; 10] = [
    "LOADING",
    "TRYAGAIN",
    "CLUSTERDOWN",
    "MASTERDOWN",
    "MOVED",
    "ASK",
    "READONLY",
    "NOREPLICAS",
    "BUSY",
    "UNBLOCKED",
];

/// How it begins what it says of one client too many, for which it has no code.
const CROWDED: &str = "max number of clients";

/// How the client begins what it says of a reply that it cannot read. What it says of one that is not of the type that was
/// asked for is of the same kind, and begins otherwise.
const UNREADABLE: &str = "Parse error";

/// A connection that broke, timed out or could not be made is transient, a reply that was cut short too, which the client
/// reports as one that it cannot parse; and so is what the server calls temporary: `LOADING`, `TRYAGAIN`, `CLUSTERDOWN`,
/// `MASTERDOWN`, `NOREPLICAS`, `BUSY`, `UNBLOCKED`, too many clients, moved keys, a replica that was a master. A pipeline
/// or a transaction is taken as the first command that failed in it, and an I/O error that was made from a
/// [`Rejected`](crate::Rejected) as that. Everything else is permanent: the command or the client is wrong, or the value
/// is of another type, as that of a missing key is where it may not be missing.
#[diagnostic::do_not_recommend]
impl Classify for RedisError {
    fn classify(&self) -> Class {
        if let Some(rejected) = refusal(self) {
            return rejected.classify();
        }
        let can_help = match self.kind() {
            // All but what the operating system refuses for good, which is all that the client does not retry.
            ErrorKind::Io => !matches!(self.retry_method(), RetryMethod::NoRetry),
            ErrorKind::Parse => self.detail().is_some_and(|detail| detail.starts_with(UNREADABLE)),
            ErrorKind::MasterNameNotFoundBySentinel
            | ErrorKind::NoValidReplicasFoundBySentinel
            | ErrorKind::ClusterConnectionNotFound => true,
            ErrorKind::Server(_) | ErrorKind::Extension => is_temporary(self),
            _ => false,
        };
        if can_help { Class::Transient } else { Class::Permanent }
    }

    fn error_type(&self) -> &'static str {
        if let Some(rejected) = refusal(self) {
            return rejected.error_type();
        }
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

/// Whether the server calls it temporary.
fn is_temporary(error: &RedisError) -> bool {
    let is = |code: Option<&str>, details: Option<&str>| {
        code.is_some_and(|code| TEMPORARY.contains(&code))
            || details.is_some_and(|details| details.starts_with(CROWDED))
    };
    match error.clone().into_server_errors() {
        None => is(error.code(), error.detail()),
        Some(errors) => errors.first().is_some_and(|(_, error)| is(Some(error.code()), error.details())),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use ::redis::{ConnectionLike, RedisResult, Value, from_redis_value, parse_redis_value};

    use super::*;
    use crate::outcome::Rejected;

    fn class(kind: ErrorKind) -> Class {
        RedisError::from((kind, "in a test")).classify()
    }

    #[test]
    fn errors_are_split_by_whether_another_attempt_can_help() {
        for kind in [ErrorKind::ClusterConnectionNotFound, ErrorKind::Server(ServerErrorKind::BusyLoading)] {
            assert_eq!(class(kind), Class::Transient, "{kind:?}");
        }
        for kind in
            [ErrorKind::Client, ErrorKind::UnexpectedReturnType, ErrorKind::Server(ServerErrorKind::NoPerm)]
        {
            assert_eq!(class(kind), Class::Permanent, "{kind:?}");
        }
    }

    fn received(reply: &[u8]) -> RedisError {
        match parse_redis_value(reply) {
            Ok(Value::ServerError(error)) => error.into(),
            Ok(value) => panic!("{value:?} is no error"),
            Err(error) => error,
        }
    }

    #[test]
    fn what_the_server_calls_temporary_is_transient() {
        for temporary in [
            "LOADING",
            "TRYAGAIN",
            "MASTERDOWN",
            "READONLY",
            "NOREPLICAS",
            "BUSY",
            "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
            "ERR max number of clients reached",
            "ERR max number of clients + cluster connections reached",
        ] {
            assert_eq!(
                received(format!("-{temporary}\r\n").as_bytes()).classify(),
                Class::Transient,
                "{temporary}"
            );
        }
        for lasting in ["WRONGTYPE", "OOM", "NOSCRIPT", "EXECABORT", "ERR unknown command"] {
            assert_eq!(
                received(format!("-{lasting}\r\n").as_bytes()).classify(),
                Class::Permanent,
                "{lasting}"
            );
        }
    }

    #[test]
    fn a_server_with_too_many_clients_is_one_whatever_it_was_asked_first() {
        let kind = ErrorKind::Server(ServerErrorKind::ResponseError);
        let what = "Redis server refused to switch database";
        let refused = |details: &str| RedisError::from((kind, what, details.to_owned())).classify();
        assert_eq!(refused("max number of clients reached"), Class::Transient);
        assert_eq!(refused("DB index is out of range"), Class::Permanent);
    }

    #[test]
    fn a_pipeline_and_a_transaction_are_taken_as_what_failed_first_in_them() {
        struct Server(&'static [u8]);

        impl ConnectionLike for Server {
            fn req_packed_command(&mut self, _: &[u8]) -> RedisResult<Value> {
                parse_redis_value(self.0)
            }

            fn req_packed_commands(&mut self, _: &[u8], _: usize, _: usize) -> RedisResult<Vec<Value>> {
                parse_redis_value(self.0).map(|value| vec![value])
            }

            fn get_db(&self) -> i64 {
                0
            }

            fn check_connection(&mut self) -> bool {
                true
            }

            fn is_open(&self) -> bool {
                true
            }
        }

        for (reply, class) in [
            (&b"-READONLY\r\n"[..], Class::Transient),
            (b"-NOREPLICAS\r\n", Class::Transient),
            (b"-OOM\r\n", Class::Permanent),
        ] {
            let error = ::redis::pipe().set("key", 1).query::<()>(&mut Server(reply)).unwrap_err();
            assert_eq!(error.classify(), class, "{error}");
        }
    }

    #[test]
    fn a_reply_that_cannot_be_read_is_transient_and_a_value_of_another_type_is_not() {
        for cut in [&b"?\r\n"[..], b"$9\r\nhalf"] {
            assert_eq!(received(cut).classify(), Class::Transient);
        }
        let missing = from_redis_value::<String>(Value::Nil).unwrap_err();
        assert_eq!(RedisError::from(missing).classify(), Class::Permanent);
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

    #[test]
    fn an_error_made_from_a_refusal_is_taken_as_that() {
        let error = RedisError::from(io::Error::from(Rejected::throttled("cache")));
        assert_eq!((error.classify(), error.error_type()), (Class::Ignored, "throttled"));
    }
}
