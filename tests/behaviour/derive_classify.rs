//! `#[derive(Classify)]` on the shapes errors come in, beside `thiserror`.

use std::time::Duration;

use resilience_runtime::{Class, Classify};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    #[error("unreachable")]
    #[transient]
    Unreachable,
    #[error("slow down for {after:?}: {why}")]
    #[throttled(retry_after = after)]
    SlowDown { after: Duration, why: String },
    #[error("later")]
    #[throttled(retry_after = 1)]
    Later(u16, Option<Duration>),
    #[error("no such user: {0}")]
    #[permanent]
    NotFound(u64),
    #[error("cancelled")]
    #[ignored]
    Cancelled,
    #[error(transparent)]
    #[classify(transparent)]
    Io(#[from] std::io::Error),
}

fn io(kind: std::io::ErrorKind) -> ApiError {
    std::io::Error::from(kind).into()
}

#[test]
fn each_variant_has_the_class_of_its_mark() {
    let slow_down = ApiError::SlowDown { after: SECOND, why: "queue full".to_owned() };
    for (error, class) in [
        (ApiError::Unreachable, Class::Transient),
        (slow_down, Class::Throttled { retry_after: Some(SECOND) }),
        (ApiError::Later(429, Some(SECOND)), Class::Throttled { retry_after: Some(SECOND) }),
        (ApiError::Later(429, None), Class::Throttled { retry_after: None }),
        (ApiError::NotFound(7), Class::Permanent),
        (ApiError::Cancelled, Class::Ignored),
        (io(std::io::ErrorKind::ConnectionReset), Class::Transient),
        (io(std::io::ErrorKind::PermissionDenied), Class::Permanent),
    ] {
        assert_eq!(error.classify(), class, "{error}");
    }
}

#[test]
fn the_error_type_is_the_name_and_never_the_message() {
    assert_eq!(ApiError::NotFound(7).error_type(), "ApiError::NotFound");
    assert_eq!(io(std::io::ErrorKind::BrokenPipe).error_type(), "io::BrokenPipe");
}

/// A delay in a type of its own.
#[derive(Clone, Debug)]
struct Seconds(u64);

impl From<Seconds> for Option<Duration> {
    fn from(seconds: Seconds) -> Self {
        Some(Duration::from_secs(seconds.0))
    }
}

#[derive(Debug, Classify)]
enum Generic<'a, E, D, const N: usize> {
    #[classify(transparent)]
    Inner(E),
    #[classify(transparent)]
    Boxed { inner: Box<E> },
    #[throttled(retry_after = 0)]
    Throttled(D),
    #[permanent]
    Bytes(&'a [u8; N]),
}

#[test]
fn parameters_of_an_enum_get_the_bounds_its_marks_need() {
    type Error = Generic<'static, ApiError, Seconds, 2>;

    assert_eq!(Error::Inner(ApiError::Cancelled).classify(), Class::Ignored);
    assert_eq!(Error::Boxed { inner: Box::new(ApiError::Unreachable) }.classify(), Class::Transient);
    assert_eq!(Error::Throttled(Seconds(1)).classify(), Class::Throttled { retry_after: Some(SECOND) });
    let bytes = Error::Bytes(b"no");
    assert_eq!(bytes.classify(), Class::Permanent);
    assert!(matches!(bytes, Error::Bytes(b"no")));
}

#[derive(Debug, Classify)]
#[transient]
enum Defaulted {
    Unreachable,
    #[permanent]
    Refused,
}

#[test]
fn a_mark_on_the_enum_holds_for_variants_without_one() {
    assert_eq!(Defaulted::Unreachable.classify(), Class::Transient);
    assert_eq!(Defaulted::Refused.classify(), Class::Permanent);
}

#[derive(Debug, Classify)]
#[throttled(retry_after = after)]
struct Busy {
    after: Duration,
}

#[derive(Debug, Classify)]
#[classify(transparent)]
struct Wrapped(ApiError);

#[test]
fn a_struct_carries_its_mark_itself() {
    assert_eq!(Busy { after: SECOND }.classify(), Class::Throttled { retry_after: Some(SECOND) });
    assert_eq!(Busy { after: SECOND }.error_type(), "Busy");
    assert_eq!(Wrapped(ApiError::Cancelled).error_type(), "ApiError::Cancelled");
}

macro_rules! error {
    ($name:ident, $variant:ident, $field:ident) => {
        #[derive(Debug, Classify)]
        enum $name {
            #[throttled(retry_after = $field)]
            $variant { $field: Duration },
            #[throttled(retry_after = own)]
            Own { own: Duration },
        }
    };
}

// The names are those the expansion uses for its own variables.
error!(FromMacro, Given, retry_after);

#[test]
fn items_made_by_a_macro_can_be_marked() {
    let throttled = Class::Throttled { retry_after: Some(SECOND) };
    assert_eq!(FromMacro::Given { retry_after: SECOND }.classify(), throttled);
    assert_eq!(FromMacro::Own { own: SECOND }.classify(), throttled);
}

mod shadowed {
    //! Names of the standard library that mean something else.

    use resilience_runtime::Classify;

    mod core {}

    #[derive(Debug)]
    pub(super) enum Option {}

    #[derive(Debug, Classify)]
    pub(super) enum Class {
        #[throttled]
        Throttled,
        #[classify(transparent)]
        Io(std::io::Error),
    }
}

#[test]
fn shadowed_names_do_no_harm() {
    assert_eq!(shadowed::Class::Throttled.classify(), Class::Throttled { retry_after: None });
    assert_eq!(shadowed::Class::Io(std::io::ErrorKind::TimedOut.into()).classify(), Class::Transient);
    assert_eq!(size_of::<shadowed::Option>(), 0);
}

#[derive(Debug, Classify)]
enum Never {}

#[test]
fn an_enum_without_variants_is_an_error_type_too() {
    let result: Result<u8, Never> = Ok(1);
    assert!(result.map_err(|never| never.classify()).is_ok());
}
