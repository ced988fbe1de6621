//! The names of spans, events and their fields. The one place where they stand: `trace` writes them, `record`
//! reads them.
//!
//! Times are in seconds, as numbers; counts are whole numbers; all else is text. Text comes from closed sets
//! (`values`) and from names in the program, but for [`DESCRIPTION`].

/// The `tracing` target of every span and event.
pub const TARGET: &str = "reliability";

/// The span of a call.
pub const CALL: &str = "call";
/// The span of an attempt, below its call.
pub const ATTEMPT: &str = "attempt";
/// The span of a wait between attempts, below its call.
pub const BACKOFF: &str = "backoff";
/// The span of a wait for a limit, below its call.
pub const ACQUIRE: &str = "acquire";
/// The span of the fallback, below its call.
pub const FALLBACK: &str = "fallback";

/// What OpenTelemetry calls the span.
pub const SPAN_NAME: &str = "otel.name";
/// Always `internal`.
pub const SPAN_KIND: &str = "otel.kind";
/// `ERROR`, or not set.
pub const STATUS: &str = "otel.status_code";
/// What the error says.
pub const DESCRIPTION: &str = "otel.status_description";
/// The class of an error, never what it says.
pub const ERROR_TYPE: &str = "error.type";
/// The path of the annotated function.
pub const FUNCTION: &str = "code.function.name";
/// The file it stands in.
pub const FILE: &str = "code.file.path";
/// The line it stands on.
pub const LINE: &str = "code.line.number";

/// The annotated function: its `name` or its path.
pub const OPERATION: &str = "reliability.operation.name";
/// How a call ended.
pub const OUTCOME: &str = "reliability.outcome";
/// The policies of the function in one line.
pub const POLICY_DIGEST: &str = "reliability.policy.digest";
/// How often the body was run, the first time included.
pub const ATTEMPT_COUNT: &str = "reliability.attempt.count";
/// Which attempt of its call one is, from 1.
pub const ATTEMPT_NUMBER: &str = "reliability.attempt.number";
/// Why an attempt was made.
pub const ATTEMPT_KIND: &str = "reliability.attempt.kind";
/// How an attempt ended.
pub const ATTEMPT_OUTCOME: &str = "reliability.attempt.outcome";
/// `max`: attempts, the first included.
pub const MAX_ATTEMPTS: &str = "reliability.retry.max_attempts";
/// Why no further attempt was made.
pub const STOP_REASON: &str = "reliability.retry.stop_reason";
/// Why a retry was not made. Metrics only.
pub const NOT_ATTEMPTED_REASON: &str = "reliability.retry.not_attempted.reason";
/// A wait between attempts; on an attempt, the time waited since the one before.
pub const DELAY: &str = "reliability.retry.delay";
/// Who chose a wait.
pub const DELAY_SOURCE: &str = "reliability.retry.delay_source";
/// All waits of a call.
pub const TOTAL_DELAY: &str = "reliability.retry.total_delay";
/// Whether an attempt gave the answer, where several were under way.
pub const HEDGE_WINNER: &str = "reliability.hedge.winner";
/// How long after the first attempt an extra one was started.
pub const HEDGE_DELAY: &str = "reliability.hedge.delay";
/// Why an extra attempt was not started.
pub const HEDGE_REASON: &str = "reliability.hedge.reason";
/// The `error.type` of what a fallback stands in for; `deadline` when the whole call was out of time.
pub const FALLBACK_REASON: &str = "reliability.fallback.reason";
/// A breaker's name.
pub const BREAKER: &str = "reliability.circuit_breaker.name";
/// A breaker's state: on a call when it began, on a transition after it.
pub const STATE: &str = "reliability.circuit_breaker.state";
/// A breaker's state before a transition.
pub const PREVIOUS_STATE: &str = "reliability.circuit_breaker.previous_state";
/// Why a breaker changed its state, or would have.
pub const REASON: &str = "reliability.circuit_breaker.reason";
/// The share of failures that a breaker saw, from 0 to 1.
pub const FAILURE_RATIO: &str = "reliability.circuit_breaker.failure_ratio";
/// What a call waits for.
pub const QUEUE_KIND: &str = "reliability.queue.kind";
/// The name of what it waits for. Metrics only.
pub const QUEUE_NAME: &str = "reliability.queue.name";
/// How that wait ended.
pub const QUEUE_OUTCOME: &str = "reliability.queue.outcome";
/// A rate limiter's name.
pub const RATE_LIMITER: &str = "reliability.rate_limit.name";
/// A bulkhead's name.
pub const BULKHEAD: &str = "reliability.bulkhead.name";
/// How long a call was queued before it was refused.
pub const WAITED: &str = "reliability.bulkhead.waited";
/// A retry budget's name.
pub const BUDGET: &str = "reliability.retry.budget.name";
/// A throttle's name.
pub const THROTTLE: &str = "reliability.throttle.name";
/// The share of calls that a throttle refuses, from 0 to 1.
pub const PROBABILITY: &str = "reliability.throttle.probability";
/// For how long a policy goes on refusing.
pub const RETRY_AFTER: &str = "reliability.retry_after";
/// Which limit ran out.
pub const TIMEOUT_SCOPE: &str = "reliability.timeout.scope";
/// Its length; not set for a deadline that was inherited.
pub const TIMEOUT_LIMIT: &str = "reliability.timeout.limit";
/// A cache's name.
pub const CACHE: &str = "reliability.cache.name";
/// How old an answer of a cache is.
pub const CACHE_AGE: &str = "reliability.cache.age";
/// What a call got of a cache, or of another call.
pub const CACHE_RESULT: &str = "reliability.cache.result";
/// A chaos' name.
pub const CHAOS: &str = "reliability.chaos.name";
/// What `chaos` injects; on an attempt, how it is to end, or else that it is slow.
pub const CHAOS_FAULT: &str = "reliability.chaos.fault";
/// How slow `chaos` makes an attempt.
pub const CHAOS_LATENCY: &str = "reliability.chaos.latency";

/// How often the request of an attempt was sent before.
pub const RESEND_COUNT: &str = "http.request.resend_count";
/// Which server an attempt asks.
pub const SERVER_ADDRESS: &str = "server.address";
/// Its port.
pub const SERVER_PORT: &str = "server.port";
/// A header of a caller.
pub const HEADER: &str = "reliability.propagation.header";
/// Why it was ignored.
pub const HEADER_FAULT: &str = "reliability.propagation.reason";

/// An attempt failed, and another will follow.
pub const RETRY_SCHEDULED: &str = "reliability.retry.scheduled";
/// A call failed, and will not be tried again although it has a retry policy.
pub const RETRY_EXHAUSTED: &str = "reliability.retry.exhausted";
/// A breaker changed its state.
pub const TRANSITION: &str = "reliability.circuit_breaker.transition";
/// A breaker that only observes would have opened.
pub const THRESHOLD_EXCEEDED: &str = "reliability.circuit_breaker.threshold_exceeded";
/// A breaker refused an attempt.
pub const REJECTED: &str = "reliability.circuit_breaker.rejected";
/// A rate limiter refused an attempt.
pub const RATE_LIMIT_REJECTED: &str = "reliability.rate_limit.rejected";
/// A bulkhead refused an attempt.
pub const BULKHEAD_REJECTED: &str = "reliability.bulkhead.rejected";
/// A retry was not made because its budget is spent.
pub const BUDGET_EXHAUSTED: &str = "reliability.retry.budget_exhausted";
/// A throttle refused a call.
pub const THROTTLE_REJECTED: &str = "reliability.throttle.rejected";
/// A limit ran out.
pub const TIMEOUT: &str = "reliability.timeout";
/// An extra attempt joins those that are under way.
pub const HEDGE_STARTED: &str = "reliability.hedge.started";
/// An extra attempt was due and not started.
pub const HEDGE_SKIPPED: &str = "reliability.hedge.skipped";
/// An extra attempt gave the answer.
pub const HEDGE_WON: &str = "reliability.hedge.won";
/// A fallback answers.
pub const FALLBACK_USED: &str = "reliability.fallback.used";
/// A cache answers a call.
pub const CACHE_HIT: &str = "reliability.cache.hit";
/// A cache has no answer for a call, or one that is too old.
pub const CACHE_MISS: &str = "reliability.cache.miss";
/// A cache answers a call that failed, with an answer that is too old otherwise.
pub const CACHE_STALE: &str = "reliability.cache.stale";
/// A call waits for the result of another one.
pub const CACHE_COALESCED: &str = "reliability.cache.coalesced";
/// A fault is injected, on purpose.
pub const CHAOS_INJECTED: &str = "reliability.chaos.injected";
/// A header of a caller is ignored.
pub const HEADER_REJECTED: &str = "reliability.propagation.header_rejected";
