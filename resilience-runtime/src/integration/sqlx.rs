//! sqlx: its errors as classes, by SQLSTATE where the database answered.

use core::error::Error as StdError;
use std::borrow::Cow;
use std::io;

use ::sqlx::Error;
use ::sqlx::error::{DatabaseError, ErrorKind};

use crate::outcome::chain::{chain, refusal};
use crate::outcome::{Class, Classify};

/// A broken or missing connection, an exhausted pool, and what the database itself calls temporary are transient:
/// serialization failure and deadlock, too few resources, shutting down, starting up. A statement that is wrong, a
/// constraint, or a row that is not there is permanent: the database answered. A closed pool is the program's own
/// doing: ignored. What was made from a [`Rejected`](crate::Rejected) is taken as that.
///
/// Codes: `PostgreSQL`, "Appendix A. Error Codes"; `SQLite`, "Result and Error Codes"; `MySQL`, "Server Error Message
/// Reference", for what its states leave open: 1205 and 3572 (a lock is not there in time or at once), 3024 and 4031 (a time
/// limit of the server's), 1203 and 1226 (too much by one user), 1020 and 1412 (what was read has changed), 1297 (the
/// storage engine calls it temporary).
#[diagnostic::do_not_recommend]
impl Classify for Error {
    fn classify(&self) -> Class {
        if let Some(rejected) = refusal(self) {
            return rejected.classify();
        }
        match self {
            // A reply cut short is no I/O error, but a message that ends too soon.
            Self::Io(_)
            | Self::Protocol(_)
            | Self::PoolTimedOut
            | Self::WorkerCrashed
            | Self::BeginFailed => Class::Transient,
            // A handshake that broke off, and not one that failed.
            Self::Tls(error) if chain(&**error).any(<dyn StdError>::is::<io::Error>) => Class::Transient,
            Self::PoolClosed => Class::Ignored,
            Self::Database(error) if error.kind() != ErrorKind::Other => Class::Permanent,
            Self::Database(error) => match error.code() {
                Some(code) if is_temporary(&code) || is_temporary_number(&**error, &code) => Class::Transient,
                Some(_) => Class::Permanent,
                None => Class::Transient,
            },
            _ => Class::Permanent,
        }
    }

    fn error_type(&self) -> &'static str {
        if let Some(rejected) = refusal(self) {
            return rejected.error_type();
        }
        match self {
            Self::Io(_) => "sqlx::Io",
            Self::Tls(_) => "sqlx::Tls",
            Self::Protocol(_) => "sqlx::Protocol",
            Self::PoolTimedOut => "sqlx::PoolTimedOut",
            Self::PoolClosed => "sqlx::PoolClosed",
            Self::WorkerCrashed => "sqlx::WorkerCrashed",
            Self::RowNotFound => "sqlx::RowNotFound",
            Self::Configuration(_) => "sqlx::Configuration",
            Self::Database(error) => match error.kind() {
                ErrorKind::UniqueViolation => "sqlx::UniqueViolation",
                ErrorKind::ForeignKeyViolation => "sqlx::ForeignKeyViolation",
                ErrorKind::NotNullViolation => "sqlx::NotNullViolation",
                ErrorKind::CheckViolation => "sqlx::CheckViolation",
                ErrorKind::ExclusionViolation => "sqlx::ExclusionViolation",
                _ => state_type(error.code()),
            },
            _ => "sqlx::Error",
        }
    }
}

/// `SQLite`'s busy and locked, plain and extended.
const SQLITE: [&str; 7] = ["5", "6", "261", "262", "517", "518", "773"];

/// What `MySQL` calls temporary by its number alone: the state is that of many errors.
const MYSQL: [&str; 9] = ["1020", "1203", "1205", "1226", "1297", "1412", "3024", "3572", "4031"];

/// Single states of classes that otherwise last: `lock_not_available`, `query_canceled` (by a time limit of the server's,
/// which another attempt may meet), `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `idle_session_timeout`,
/// `idle_in_transaction_session_timeout`, `transaction_timeout`; and `MySQL`'s query that was interrupted, by a time limit
/// too.
const STATES: [&str; 9] = ["25P03", "25P04", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "70100"];

/// Connection exception, transaction rollback, insufficient resources, system error.
const CLASSES: [&str; 4] = ["08", "40", "53", "58"];

/// The rollback that another attempt meets again: an integrity constraint was violated.
const LASTING_ROLLBACK: &str = "40002";

/// Whether the database itself calls the state temporary.
fn is_temporary(code: &str) -> bool {
    let of_class = |class: &&str| code.len() == 5 && code.starts_with(*class);
    SQLITE.contains(&code)
        || STATES.contains(&code)
        || (CLASSES.iter().any(of_class) && code != LASTING_ROLLBACK)
}

/// The same by the number of an error of `MySQL`'s, which sqlx shows in front of the state and the message.
fn is_temporary_number(error: &dyn DatabaseError, code: &str) -> bool {
    let shown = error.to_string();
    let number =
        shown.strip_suffix(error.message()).and_then(|rest| rest.strip_suffix(&format!(" ({code}): ")));
    number.is_some_and(|number| MYSQL.contains(&number))
}

/// The class of a state, by its meaning: one of a few names.
fn state_type(code: Option<Cow<'_, str>>) -> &'static str {
    let code = code.unwrap_or_default();
    match code.as_ref() {
        "40001" => "sqlx::SerializationFailure",
        "40P01" => "sqlx::Deadlock",
        "57014" => "sqlx::QueryCanceled",
        code if code.len() == 5 => match code.get(..2).unwrap_or_default() {
            "08" => "sqlx::ConnectionException",
            "22" => "sqlx::DataException",
            "23" => "sqlx::IntegrityConstraintViolation",
            "28" => "sqlx::InvalidAuthorization",
            "40" => "sqlx::TransactionRollback",
            "42" => "sqlx::SyntaxErrorOrAccessRule",
            "53" => "sqlx::InsufficientResources",
            "55" => "sqlx::ObjectNotInPrerequisiteState",
            "57" => "sqlx::OperatorIntervention",
            "58" => "sqlx::SystemError",
            _ => "sqlx::Database",
        },
        _ => "sqlx::Database",
    }
}

#[cfg(test)]
mod tests {
    use core::fmt;

    use super::*;
    use crate::outcome::Rejected;

    #[derive(Debug)]
    struct State {
        code: Option<&'static str>,
        /// What `MySQL` has beside it.
        number: Option<u16>,
        kind: fn() -> ErrorKind,
    }

    impl fmt::Display for State {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match (self.number, self.code) {
                (Some(number), Some(code)) => write!(f, "{number} ({code}): {}", self.message()),
                _ => f.write_str(self.message()),
            }
        }
    }

    impl StdError for State {}

    impl DatabaseError for State {
        fn message(&self) -> &'static str {
            "a state"
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            self.code.map(Cow::Borrowed)
        }

        fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            (self.kind)()
        }
    }

    fn state(code: &'static str) -> Error {
        Error::Database(Box::new(State { code: Some(code), number: None, kind: || ErrorKind::Other }))
    }

    #[test]
    fn states_are_split_by_whether_another_attempt_can_help() {
        for temporary in [
            "08006", "08P01", "25P03", "25P04", "40001", "40P01", "53300", "55P03", "57P01", "57P03",
            "58030", "70100", "5", "518", "773",
        ] {
            assert_eq!(state(temporary).classify(), Class::Transient, "{temporary}");
        }
        for lasting in ["22012", "23505", "28P01", "40002", "42601", "42P01", "55000", "57000", "1", "é", ""]
        {
            assert_eq!(state(lasting).classify(), Class::Permanent, "{lasting}");
        }
    }

    #[test]
    fn a_number_says_what_a_state_leaves_open() {
        let class = |number, code| {
            let state = State { code: Some(code), number: Some(number), kind: || ErrorKind::Other };
            Error::Database(Box::new(state)).classify()
        };
        for number in [1020, 1205, 1297, 1412, 3024, 3572, 4031] {
            assert_eq!(class(number, "HY000"), Class::Transient, "{number}");
        }
        for (number, code) in [(1203, "42000"), (1226, "42000"), (1213, "40001"), (1040, "08004")] {
            assert_eq!(class(number, code), Class::Transient, "{number}");
        }
        for (number, code) in [(1064, "42000"), (1290, "HY000"), (5, "HY000"), (40001, "HY000")] {
            assert_eq!(class(number, code), Class::Permanent, "{number}");
        }
    }

    #[test]
    fn a_violated_constraint_is_permanent_by_its_kind() {
        let error = Error::Database(Box::new(State {
            code: None,
            number: None,
            kind: || ErrorKind::UniqueViolation,
        }));
        assert_eq!((error.classify(), error.error_type()), (Class::Permanent, "sqlx::UniqueViolation"));
    }

    #[test]
    fn trouble_with_the_connection_is_transient() {
        let io = Error::Io(io::ErrorKind::ConnectionReset.into());
        assert_eq!((io.classify(), io.error_type()), (Class::Transient, "sqlx::Io"));
        let handshake = Error::Tls(Box::new(io::Error::from(io::ErrorKind::ConnectionReset)));
        assert_eq!((handshake.classify(), handshake.error_type()), (Class::Transient, "sqlx::Tls"));
        assert_eq!(Error::Tls("server does not support TLS".into()).classify(), Class::Permanent);
        assert_eq!(Error::PoolTimedOut.classify(), Class::Transient);
        assert_eq!(Error::PoolClosed.classify(), Class::Ignored);
        assert_eq!(Error::RowNotFound.classify(), Class::Permanent);
    }

    #[test]
    fn names_for_telemetry_are_of_a_closed_set() {
        assert_eq!(state("40P01").error_type(), "sqlx::Deadlock");
        assert_eq!(state("08006").error_type(), "sqlx::ConnectionException");
        assert_eq!(state("secret").error_type(), "sqlx::Database");
    }

    #[test]
    fn an_error_made_from_a_refusal_is_taken_as_that() {
        let refused = io::Error::from(Rejected::throttled("db"));
        let error = Error::from(refused);
        assert_eq!((error.classify(), error.error_type()), (Class::Ignored, "throttled"));
    }
}
