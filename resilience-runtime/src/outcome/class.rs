//! What counts as failure: one classification serves retry, breaker and telemetry alike.

use core::time::Duration;
use std::io;

use crate::event::StopReason;
use crate::outcome::chain::refusal;

/// How an error is to be taken by every policy around the function.
///
/// | class | retry | breaker |
/// |---|---|---|
/// | [`Transient`](Class::Transient) | tries again | counts a failure |
/// | [`Throttled`](Class::Throttled) | tries again, after the hint; gives up where that is longer than `retry_after_max` | counts a failure |
/// | [`Permanent`](Class::Permanent) | gives up | counts a success: the dependency answered |
/// | [`Ignored`](Class::Ignored) | gives up | counts nothing |
///
/// An attempt that ran into its `timeout` is transient; a panic is a failure for the breaker and goes on
/// unwinding; a call that was dropped is no failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// It may work the next time: a reset connection, a full queue, a failover.
    Transient,
    /// The dependency asks for fewer calls, and may say when to come back.
    Throttled {
        /// How long the dependency asks to wait: it replaces the computed delay of this one retry.
        retry_after: Option<Duration>,
    },
    /// It will not work however often it is tried: not found, not allowed, malformed.
    Permanent,
    /// It says nothing about the dependency: the caller's own mistake or choice.
    Ignored,
}

impl Class {
    /// Whether the breaker counts this as a failure; `None` when it counts nothing at all.
    #[must_use]
    pub const fn is_failure(self) -> Option<bool> {
        match self {
            Self::Transient | Self::Throttled { .. } => Some(true),
            Self::Permanent => Some(false),
            Self::Ignored => None,
        }
    }

    /// Whether another attempt can help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Transient | Self::Throttled { .. })
    }

    /// Why no other attempt is made, where it is for the class.
    pub(crate) const fn stop_reason(self) -> Option<StopReason> {
        match self {
            Self::Transient | Self::Throttled { .. } => None,
            Self::Permanent => Some(StopReason::PermanentError),
            Self::Ignored => Some(StopReason::IgnoredError),
        }
    }
}

/// An error that knows how it is to be taken.
///
/// The attribute uses it without being asked to, wherever the function's error type implements it; `when` on
/// the attribute overrides it. An error that does not implement it is [`Class::Transient`], but for a
/// [`Rejected`](crate::Rejected) that `anyhow::Error`, `Box<dyn Error + Send + Sync>` or the wrapper
/// [`Error`](crate::Error) holds: that is taken as itself.
///
/// Derive it for an enum, and mark every variant:
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use resilience_runtime::{Class, Classify};
/// use std::time::Duration;
///
/// #[derive(Debug, Classify)]
/// enum ApiError {
///     #[transient]
///     Unreachable,
///     #[throttled(retry_after = after)]
///     SlowDown { after: Duration },
///     #[permanent]
///     NotFound,
///     #[classify(transparent)]
///     Io(std::io::Error),
/// }
///
/// let error = ApiError::SlowDown { after: Duration::from_secs(2) };
/// assert_eq!(error.classify(), Class::Throttled { retry_after: Some(Duration::from_secs(2)) });
/// assert_eq!(ApiError::NotFound.error_type(), "ApiError::NotFound");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it is to be taken; derive or implement `Classify` for it",
    label = "this type does not implement `Classify`"
)]
pub trait Classify {
    /// How this error is to be taken.
    fn classify(&self) -> Class;

    /// The error's class for telemetry (`error.type`): one of a few names, never a message.
    fn error_type(&self) -> &'static str {
        core::any::type_name::<Self>()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for &E {
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn error_type(&self) -> &'static str {
        (**self).error_type()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for Box<E> {
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn error_type(&self) -> &'static str {
        (**self).error_type()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Classify + ?Sized> Classify for std::sync::Arc<E> {
    fn classify(&self) -> Class {
        (**self).classify()
    }

    fn error_type(&self) -> &'static str {
        (**self).error_type()
    }
}

/// Connection troubles, time-outs and interruptions are transient; everything that says the request itself
/// is wrong (not found, permission denied, invalid input or data, ..) is permanent. One that was made from a
/// [`Rejected`](crate::Rejected) is taken as that.
#[diagnostic::do_not_recommend]
impl Classify for io::Error {
    fn classify(&self) -> Class {
        use io::ErrorKind as K;
        if let Some(rejected) = refusal(self) {
            return rejected.classify();
        }
        match self.kind() {
            K::NotFound
            | K::PermissionDenied
            | K::AlreadyExists
            | K::InvalidInput
            | K::InvalidData
            | K::Unsupported
            | K::NotADirectory
            | K::IsADirectory
            | K::DirectoryNotEmpty
            | K::ReadOnlyFilesystem
            | K::InvalidFilename
            | K::ArgumentListTooLong
            | K::CrossesDevices
            | K::FileTooLarge
            | K::NotSeekable
            | K::StorageFull
            | K::QuotaExceeded
            | K::TooManyLinks
            | K::WriteZero
            | K::OutOfMemory => Class::Permanent,
            _ => Class::Transient,
        }
    }

    fn error_type(&self) -> &'static str {
        use io::ErrorKind as K;
        if let Some(rejected) = refusal(self) {
            return rejected.error_type();
        }
        match self.kind() {
            K::NotFound => "io::NotFound",
            K::PermissionDenied => "io::PermissionDenied",
            K::ConnectionRefused => "io::ConnectionRefused",
            K::ConnectionReset => "io::ConnectionReset",
            K::ConnectionAborted => "io::ConnectionAborted",
            K::HostUnreachable => "io::HostUnreachable",
            K::NetworkUnreachable => "io::NetworkUnreachable",
            K::NetworkDown => "io::NetworkDown",
            K::NotConnected => "io::NotConnected",
            K::BrokenPipe => "io::BrokenPipe",
            K::TimedOut => "io::TimedOut",
            K::UnexpectedEof => "io::UnexpectedEof",
            K::Interrupted => "io::Interrupted",
            K::WouldBlock => "io::WouldBlock",
            K::ResourceBusy => "io::ResourceBusy",
            K::InvalidInput => "io::InvalidInput",
            K::InvalidData => "io::InvalidData",
            _ => "io::Error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_errors_are_split_by_whether_another_attempt_can_help() {
        use io::ErrorKind as K;
        // The last but one is of a connection: all local ports are taken for a while.
        for kind in [K::ConnectionReset, K::TimedOut, K::Interrupted, K::AddrNotAvailable, K::Other] {
            assert_eq!(io::Error::from(kind).classify(), Class::Transient, "{kind:?}");
        }
        let permanent = [
            K::NotFound,
            K::PermissionDenied,
            K::AlreadyExists,
            K::InvalidInput,
            K::InvalidData,
            K::Unsupported,
            K::NotADirectory,
            K::IsADirectory,
            K::DirectoryNotEmpty,
            K::ReadOnlyFilesystem,
            K::InvalidFilename,
            K::ArgumentListTooLong,
            K::CrossesDevices,
            K::FileTooLarge,
            K::NotSeekable,
            K::StorageFull,
            K::QuotaExceeded,
            K::TooManyLinks,
            K::WriteZero,
            K::OutOfMemory,
        ];
        for kind in permanent {
            assert_eq!(io::Error::from(kind).classify(), Class::Permanent, "{kind:?}");
        }
    }

    #[test]
    fn the_type_of_an_io_error_is_its_kind() {
        use io::ErrorKind as K;
        let kinds = [
            K::NotFound,
            K::PermissionDenied,
            K::ConnectionRefused,
            K::ConnectionReset,
            K::ConnectionAborted,
            K::HostUnreachable,
            K::NetworkUnreachable,
            K::NetworkDown,
            K::NotConnected,
            K::BrokenPipe,
            K::TimedOut,
            K::UnexpectedEof,
            K::Interrupted,
            K::WouldBlock,
            K::ResourceBusy,
            K::InvalidInput,
            K::InvalidData,
        ];
        for kind in kinds {
            assert_eq!(io::Error::from(kind).error_type(), format!("io::{kind:?}"));
        }
        assert_eq!(io::Error::other("full").error_type(), "io::Error");
    }

    #[test]
    fn an_error_that_does_not_say_more_has_the_type_that_it_is_of() {
        struct Lost;
        impl Classify for Lost {
            fn classify(&self) -> Class {
                Class::Transient
            }
        }
        assert!(Lost.error_type().ends_with("::Lost"), "{}", Lost.error_type());
        assert_eq!(<&Lost>::error_type(&&Lost), Lost.error_type());
    }

    #[test]
    fn wrappers_pass_the_classification_through() {
        let error: Box<io::Error> = Box::new(io::ErrorKind::BrokenPipe.into());
        assert_eq!(error.classify(), Class::Transient);
        assert_eq!(error.error_type(), "io::BrokenPipe");
    }
}
