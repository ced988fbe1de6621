//! The attributes of metrics: names as in spans, values of closed sets or names in the program.

use opentelemetry::{Key, KeyValue};

use crate::telemetry::names;

/// The name of an attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute(&'static str);

impl Attribute {
    /// The attribute with that value. Text of the program itself only: no user's text can become a series, and nothing is
    /// allocated.
    pub(crate) fn value(self, value: &'static str) -> KeyValue {
        KeyValue::new(Key::from_static_str(self.0), value)
    }
}

pub(crate) const OPERATION: Attribute = Attribute(names::OPERATION);
pub(crate) const OUTCOME: Attribute = Attribute(names::OUTCOME);
pub(crate) const ERROR_TYPE: Attribute = Attribute(names::ERROR_TYPE);
pub(crate) const ATTEMPT_KIND: Attribute = Attribute(names::ATTEMPT_KIND);
pub(crate) const ATTEMPT_OUTCOME: Attribute = Attribute(names::ATTEMPT_OUTCOME);
pub(crate) const STOP_REASON: Attribute = Attribute(names::STOP_REASON);
pub(crate) const NOT_ATTEMPTED_REASON: Attribute = Attribute(names::NOT_ATTEMPTED_REASON);
pub(crate) const TIMEOUT_SCOPE: Attribute = Attribute(names::TIMEOUT_SCOPE);
pub(crate) const FALLBACK_REASON: Attribute = Attribute(names::FALLBACK_REASON);
pub(crate) const THROTTLE: Attribute = Attribute(names::THROTTLE);
pub(crate) const BREAKER: Attribute = Attribute(names::BREAKER);
pub(crate) const STATE: Attribute = Attribute(names::STATE);
pub(crate) const PREVIOUS_STATE: Attribute = Attribute(names::PREVIOUS_STATE);
pub(crate) const RATE_LIMITER: Attribute = Attribute(names::RATE_LIMITER);
pub(crate) const BULKHEAD: Attribute = Attribute(names::BULKHEAD);
pub(crate) const CACHE: Attribute = Attribute(names::CACHE);
pub(crate) const CACHE_RESULT: Attribute = Attribute(names::CACHE_RESULT);
#[cfg(feature = "propagation")]
pub(crate) const HEADER: Attribute = Attribute(names::HEADER);
#[cfg(feature = "propagation")]
pub(crate) const HEADER_FAULT: Attribute = Attribute(names::HEADER_FAULT);
pub(crate) const QUEUE_KIND: Attribute = Attribute(names::QUEUE_KIND);
pub(crate) const QUEUE_NAME: Attribute = Attribute(names::QUEUE_NAME);
pub(crate) const QUEUE_OUTCOME: Attribute = Attribute(names::QUEUE_OUTCOME);
