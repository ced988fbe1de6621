//! Names of the spans, events and fields that are read back; what the emitting side writes.

pub(crate) use crate::telemetry::names::TARGET;

pub(crate) const CALL: &str = "call";
pub(crate) const ATTEMPT: &str = "attempt";
pub(crate) const BACKOFF: &str = "backoff";
pub(crate) const FALLBACK: &str = "fallback";

pub(crate) const OPERATION: &str = "reliability.operation.name";
pub(crate) const OUTCOME: &str = "reliability.outcome";
pub(crate) const STOP_REASON: &str = "reliability.retry.stop_reason";
pub(crate) const ATTEMPT_NUMBER: &str = "reliability.attempt.number";
pub(crate) const ATTEMPT_KIND: &str = "reliability.attempt.kind";
pub(crate) const ATTEMPT_OUTCOME: &str = "reliability.attempt.outcome";
pub(crate) const DELAY: &str = "reliability.retry.delay";
pub(crate) const DELAY_SOURCE: &str = "reliability.retry.delay_source";
pub(crate) const FALLBACK_REASON: &str = "reliability.fallback.reason";
pub(crate) const ERROR_TYPE: &str = "error.type";
pub(crate) const DESCRIPTION: &str = "otel.status_description";
pub(crate) const SPAN_NAME: &str = "otel.name";
pub(crate) const FILE: &str = "code.file.path";
pub(crate) const LINE: &str = "code.line.number";

pub(crate) const RETRY_SCHEDULED: &str = "reliability.retry.scheduled";
pub(crate) const RETRY_EXHAUSTED: &str = "reliability.retry.exhausted";
pub(crate) const TRANSITION: &str = "reliability.circuit_breaker.transition";
pub(crate) const REJECTED: &str = "reliability.circuit_breaker.rejected";
pub(crate) const THRESHOLD_EXCEEDED: &str = "reliability.circuit_breaker.threshold_exceeded";
pub(crate) const TIMEOUT: &str = "reliability.timeout";
pub(crate) const FALLBACK_USED: &str = "reliability.fallback.used";

pub(crate) const BREAKER: &str = "reliability.circuit_breaker.name";
pub(crate) const STATE: &str = "reliability.circuit_breaker.state";
pub(crate) const PREVIOUS_STATE: &str = "reliability.circuit_breaker.previous_state";
pub(crate) const REASON: &str = "reliability.circuit_breaker.reason";
pub(crate) const FAILURE_RATIO: &str = "reliability.circuit_breaker.failure_ratio";
pub(crate) const RETRY_AFTER: &str = "reliability.retry_after";
pub(crate) const TIMEOUT_SCOPE: &str = "reliability.timeout.scope";
pub(crate) const TIMEOUT_LIMIT: &str = "reliability.timeout.limit";
