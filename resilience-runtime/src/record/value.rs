//! Fields of spans and events, as typed values.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use tracing::field::{Field, Visit};

/// The fields of a span or an event, by their names as in the telemetry.
pub type Fields = BTreeMap<&'static str, Value>;

/// One field of a span or an event, with the type it was recorded with.
///
/// Compares with plain values, so that an assertion needs no conversion.
///
/// ```
#[cfg_attr(feature = "test-util", doc = "use resilience_runtime::testing::Value;")]
#[cfg_attr(not(feature = "test-util"), doc = "use resilience_runtime::terminal::Value;")]
///
/// assert_eq!(Value::Int(3), 3);
/// assert_eq!(Value::Text("db".into()), "db");
/// assert_eq!(Value::Float(0.25).as_f64(), Some(0.25));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number; one that `i64` cannot hold is recorded as text, as OpenTelemetry does.
    Int(i64),
    /// A number, for durations in seconds.
    Float(f64),
    /// Text: recorded as a string, or by `Display` or `Debug`.
    Text(String),
}

impl Value {
    fn whole<N: Copy + ToString + TryInto<i64>>(number: N) -> Self {
        number.try_into().map_or_else(|_| Self::Text(number.to_string()), Self::Int)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub const fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, if it is one; a whole number is not converted.
    #[must_use]
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// A number of seconds as a duration; `None` for what is no number or no duration (negative, not finite).
    #[must_use]
    pub fn as_duration(&self) -> Option<Duration> {
        match self {
            Self::Float(seconds) => Duration::try_from_secs_f64(*seconds).ok(),
            Self::Int(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
        }
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<i64> for Value {
    fn eq(&self, other: &i64) -> bool {
        *self == Self::Int(*other)
    }
}

impl PartialEq<f64> for Value {
    fn eq(&self, other: &f64) -> bool {
        *self == Self::Float(*other)
    }
}

impl PartialEq<bool> for Value {
    fn eq(&self, other: &bool) -> bool {
        *self == Self::Bool(*other)
    }
}

/// Collects fields while `tracing` shows them one by one.
///
/// Runs the `Debug` and `Display` of users' types, and therefore before any lock is taken.
#[derive(Debug, Default)]
pub(crate) struct Collector(pub(crate) Fields);

impl Visit for Collector {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name(), Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), Value::Int(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name(), Value::whole(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.0.insert(field.name(), Value::whole(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.insert(field.name(), Value::whole(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name(), Value::Float(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), Value::Text(value.to_owned()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn core::error::Error + 'static)) {
        self.0.insert(field.name(), Value::Text(value.to_string()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), Value::Text(format!("{value:?}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_equals_what_it_holds_and_nothing_of_another_kind() {
        for value in [false, true] {
            assert_eq!(Value::Bool(value), value);
            assert_ne!(Value::Bool(value), !value);
            assert_ne!(Value::Int(value.into()), value);
        }
        assert_eq!(Value::Int(2), 2);
        assert_ne!(Value::Int(3), 2);
        assert_ne!(Value::Float(2.0), 2);
        assert_ne!(Value::Float(0.25), 0.5);
    }
}
