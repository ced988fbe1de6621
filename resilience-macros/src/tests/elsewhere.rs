//! Keys and values as other libraries have them, or as one would think.

use expect_test::expect;

use super::errors;

#[test]
fn keys_of_other_libraries() {
    expect![[r#"
        resilient(max_retry_attempts = 3)
          unknown option `max_retry_attempts`; did you mean `max`, which counts the first attempt too?
            ^ max_retry_attempts
        resilient(wait_duration_in_open_state = "30s")
          unknown option `wait_duration_in_open_state`; did you mean `open_for` in `breaker(..)`?
            ^ wait_duration_in_open_state
        resilient(breaker("db", permitted_number_of_calls_in_half_open_state = 3))
          unknown option `permitted_number_of_calls_in_half_open_state`; did you mean `probes`?
            ^ permitted_number_of_calls_in_half_open_state
        resilient(timeout_duration = "1s")
          unknown option `timeout_duration`; did you mean `timeout`?
            ^ timeout_duration
        resilient(rate_limit("100/s", timeout_duration = "1s"))
          unknown option `timeout_duration`; did you mean `wait`?
            ^ timeout_duration
        resilient(limit_for_period = 100)
          unknown option `limit_for_period`; did you mean `rate_limit`?
            ^ limit_for_period
        resilient(rate_limit("mail", limit_for_period = 100))
          unknown option `limit_for_period`; did you mean `rate`?
            ^ limit_for_period
        resilient(max_concurrent_calls = 10)
          unknown option `max_concurrent_calls`; did you mean `bulkhead`?
            ^ max_concurrent_calls
        resilient(bulkhead("db", max_concurrent_calls = 10))
          unknown option `max_concurrent_calls`; did you mean `max`?
            ^ max_concurrent_calls
        resilient(retry = "exp", retry_on_result = f)
          unknown option `retry_on_result`; did you mean `when_ok`?
            ^ retry_on_result
        resilient(hedge("100ms", max_hedged_attempts = 1), idempotent)
          unknown option `max_hedged_attempts`; did you mean `max`?
            ^ max_hedged_attempts
    "#]]
    .assert_eq(&errors(&[
        "max_retry_attempts = 3",
        "wait_duration_in_open_state = \"30s\"",
        "breaker(\"db\", permitted_number_of_calls_in_half_open_state = 3)",
        "timeout_duration = \"1s\"",
        "rate_limit(\"100/s\", timeout_duration = \"1s\")",
        "limit_for_period = 100",
        "rate_limit(\"mail\", limit_for_period = 100)",
        "max_concurrent_calls = 10",
        "bulkhead(\"db\", max_concurrent_calls = 10)",
        "retry = \"exp\", retry_on_result = f",
        "hedge(\"100ms\", max_hedged_attempts = 1), idempotent",
    ]));
}

/// Those that the attribute's documentation names, as Java writes them.
#[test]
fn keys_of_resilience4j() {
    expect![[r#"
        resilient(retry = "exp", maxAttempts = 4)
          unknown option `maxAttempts`; did you mean `max`, which counts the first attempt too?
            ^ maxAttempts
        resilient(retry = "exp", waitDuration = "1s")
          unknown option `waitDuration`; did you mean `base`?
            ^ waitDuration
        resilient(retry = "exp", maxInterval = "1s")
          unknown option `maxInterval`; did you mean `cap`?
            ^ maxInterval
        resilient(retry = "exp", retryOnException = f)
          unknown option `retryOnException`; did you mean `when`?
            ^ retryOnException
        resilient(breaker("db", failureRateThreshold = 50))
          unknown option `failureRateThreshold`; did you mean `failure_rate`?
            ^ failureRateThreshold
        resilient(breaker("db", slidingWindowSize = 100))
          unknown option `slidingWindowSize`; did you mean `window`?
            ^ slidingWindowSize
        resilient(breaker("db", minimumNumberOfCalls = 10))
          unknown option `minimumNumberOfCalls`; did you mean `min_calls`?
            ^ minimumNumberOfCalls
        resilient(breaker("db", slowCallDurationThreshold = "1s"))
          unknown option `slowCallDurationThreshold`; did you mean `slow_call`?
            ^ slowCallDurationThreshold
        resilient(breaker("db", slowCallRateThreshold = 50))
          unknown option `slowCallRateThreshold`; did you mean `slow_rate`?
            ^ slowCallRateThreshold
        resilient(breaker("db", waitDurationInOpenState = "1s"))
          unknown option `waitDurationInOpenState`; did you mean `open_for`?
            ^ waitDurationInOpenState
        resilient(breaker("db", permittedNumberOfCallsInHalfOpenState = 3))
          unknown option `permittedNumberOfCallsInHalfOpenState`; did you mean `probes`?
            ^ permittedNumberOfCallsInHalfOpenState
        resilient(rate_limit("db", limitForPeriod = 100))
          unknown option `limitForPeriod`; did you mean `rate`?
            ^ limitForPeriod
        resilient(rate_limit("100/s", timeoutDuration = "1s"))
          unknown option `timeoutDuration`; did you mean `wait`?
            ^ timeoutDuration
        resilient(bulkhead("db", maxConcurrentCalls = 10))
          unknown option `maxConcurrentCalls`; did you mean `max`?
            ^ maxConcurrentCalls
        resilient(bulkhead(10, maxWaitDuration = "1s"))
          unknown option `maxWaitDuration`; did you mean `wait`?
            ^ maxWaitDuration
        resilient(timeoutDuration = "1s")
          unknown option `timeoutDuration`; did you mean `timeout`?
            ^ timeoutDuration
    "#]]
    .assert_eq(&errors(&[
        "retry = \"exp\", maxAttempts = 4",
        "retry = \"exp\", waitDuration = \"1s\"",
        "retry = \"exp\", maxInterval = \"1s\"",
        "retry = \"exp\", retryOnException = f",
        "breaker(\"db\", failureRateThreshold = 50)",
        "breaker(\"db\", slidingWindowSize = 100)",
        "breaker(\"db\", minimumNumberOfCalls = 10)",
        "breaker(\"db\", slowCallDurationThreshold = \"1s\")",
        "breaker(\"db\", slowCallRateThreshold = 50)",
        "breaker(\"db\", waitDurationInOpenState = \"1s\")",
        "breaker(\"db\", permittedNumberOfCallsInHalfOpenState = 3)",
        "rate_limit(\"db\", limitForPeriod = 100)",
        "rate_limit(\"100/s\", timeoutDuration = \"1s\")",
        "bulkhead(\"db\", maxConcurrentCalls = 10)",
        "bulkhead(10, maxWaitDuration = \"1s\")",
        "timeoutDuration = \"1s\"",
    ]));
}

/// The same, as C# does, and how else a name may be written.
#[test]
fn keys_of_polly() {
    expect![[r#"
        resilient(retry = "exp", MaxRetryAttempts = 3)
          unknown option `MaxRetryAttempts`; did you mean `max`, which counts the first attempt too?
            ^ MaxRetryAttempts
        resilient(retry = "exp", Delay = "1s")
          unknown option `Delay`; did you mean `base`?
            ^ Delay
        resilient(retry = "exp", MaxDelay = "1s")
          unknown option `MaxDelay`; did you mean `cap`?
            ^ MaxDelay
        resilient(BackoffType = "Exponential")
          unknown option `BackoffType`; did you mean `retry`?
            ^ BackoffType
        resilient(retry = "exp", UseJitter = true)
          unknown option `UseJitter`; did you mean `jitter`?
            ^ UseJitter
        resilient(retry = "exp", ShouldHandle = f)
          unknown option `ShouldHandle`; did you mean `when`?
            ^ ShouldHandle
        resilient(breaker("db", FailureRatio = 0.5))
          unknown option `FailureRatio`; did you mean `failure_rate`?
            ^ FailureRatio
        resilient(breaker("db", SamplingDuration = "30s"))
          unknown option `SamplingDuration`; did you mean `window`?
            ^ SamplingDuration
        resilient(breaker("db", MinimumThroughput = 5))
          unknown option `MinimumThroughput`; did you mean `min_calls`?
            ^ MinimumThroughput
        resilient(breaker("db", BreakDuration = "5s"))
          unknown option `BreakDuration`; did you mean `open_for`?
            ^ BreakDuration
        resilient(bulkhead("db", PermitLimit = 10))
          unknown option `PermitLimit`; did you mean `max`?
            ^ PermitLimit
        resilient(bulkhead(10, QueueLimit = 5))
          unknown option `QueueLimit`; did you mean `queue`?
            ^ QueueLimit
        resilient(hedge("100ms", MaxHedgedAttempts = 1), idempotent)
          unknown option `MaxHedgedAttempts`; did you mean `max`?
            ^ MaxHedgedAttempts
        resilient(hedge(Delay = "100ms"), idempotent)
          unknown option `Delay`; did you mean `after`?
            ^ Delay
        resilient(TIMEOUT = "1s")
          unknown option `TIMEOUT`; did you mean `timeout`?
            ^ TIMEOUT
    "#]]
    .assert_eq(&errors(&[
        "retry = \"exp\", MaxRetryAttempts = 3",
        "retry = \"exp\", Delay = \"1s\"",
        "retry = \"exp\", MaxDelay = \"1s\"",
        "BackoffType = \"Exponential\"",
        "retry = \"exp\", UseJitter = true",
        "retry = \"exp\", ShouldHandle = f",
        "breaker(\"db\", FailureRatio = 0.5)",
        "breaker(\"db\", SamplingDuration = \"30s\")",
        "breaker(\"db\", MinimumThroughput = 5)",
        "breaker(\"db\", BreakDuration = \"5s\")",
        "bulkhead(\"db\", PermitLimit = 10)",
        "bulkhead(10, QueueLimit = 5)",
        "hedge(\"100ms\", MaxHedgedAttempts = 1), idempotent",
        "hedge(Delay = \"100ms\"), idempotent",
        "TIMEOUT = \"1s\"",
    ]));
}

#[test]
fn policies_of_other_libraries() {
    expect![[r#"
        resilient(circuitBreaker = "db")
          unknown option `circuitBreaker`; did you mean `breaker`?
            ^ circuitBreaker
        resilient(rateLimiter = "100/s")
          unknown option `rateLimiter`; did you mean `rate_limit`?
            ^ rateLimiter
        resilient(time_limiter = "1s")
          unknown option `time_limiter`; did you mean `timeout`?
            ^ time_limiter
        resilient(TimeLimiter = "1s")
          unknown option `TimeLimiter`; did you mean `timeout`?
            ^ TimeLimiter
        resilient(fallbackMethod = f)
          unknown option `fallbackMethod`; did you mean `fallback`?
            ^ fallbackMethod
        resilient(retry = "exp", retryExceptions = f)
          unknown option `retryExceptions`; did you mean `when`?
            ^ retryExceptions
        resilient(retry = "exp", ignore_exceptions = f)
          unknown option `ignore_exceptions`; did you mean `when`?
            ^ ignore_exceptions
        resilient(breaker("db", open = "5s"))
          unknown option `open`; did you mean `open_for`?
            ^ open
        resilient(breaker("db", open_duration = "5s"))
          unknown option `open_duration`; did you mean `open_for`?
            ^ open_duration
        resilient(retry = "exp", min_delay = "5ms")
          unknown option `min_delay`; did you mean `base`?
            ^ min_delay
        resilient(retry = "exp", max_times = 5)
          unknown option `max_times`; did you mean `max`, which counts the first attempt too?
            ^ max_times
        resilient(rate_limit("x", limit_refresh_period = "1s"))
          unknown option `limit_refresh_period`; did you mean `rate`?
            ^ limit_refresh_period
        resilient(retry = "exp", exponential_backoff_multiplier = 2)
          unknown option `exponential_backoff_multiplier`; did you mean `factor`?
            ^ exponential_backoff_multiplier
        resilient(retry = "exp", randomized_wait_factor = 0.5)
          unknown option `randomized_wait_factor`; did you mean `jitter`?
            ^ randomized_wait_factor
        resilient(breaker("db", threshold = 5))
          unknown option `threshold`; did you mean `failures`?
            ^ threshold
    "#]]
    .assert_eq(&errors(&[
        "circuitBreaker = \"db\"",
        "rateLimiter = \"100/s\"",
        "time_limiter = \"1s\"",
        "TimeLimiter = \"1s\"",
        "fallbackMethod = f",
        "retry = \"exp\", retryExceptions = f",
        "retry = \"exp\", ignore_exceptions = f",
        "breaker(\"db\", open = \"5s\")",
        "breaker(\"db\", open_duration = \"5s\")",
        "retry = \"exp\", min_delay = \"5ms\"",
        "retry = \"exp\", max_times = 5",
        "rate_limit(\"x\", limit_refresh_period = \"1s\")",
        "retry = \"exp\", exponential_backoff_multiplier = 2",
        "retry = \"exp\", randomized_wait_factor = 0.5",
        "breaker(\"db\", threshold = 5)",
    ]));
}

#[test]
fn values_without_their_key() {
    expect![[r#"
        resilient(standard)
          `standard` is no option; write `preset = "standard"`
            ^ standard
        resilient("standard")
          a value needs its key, as in `preset = "standard"`
            ^ "standard"
        resilient(critical, max = 2)
          `critical` is no option; write `preset = "critical"`
            ^ critical
        resilient(exp_jitter)
          `exp_jitter` is no option; write `retry = "exp_jitter"`
            ^ exp_jitter
        resilient("exp_jitter", max = 3)
          a value needs its key, as in `retry = "exp_jitter"`
            ^ "exp_jitter"
        resilient("2s")
          a value needs its key, as in `timeout = "2s"`
            ^ "2s"
        resilient(none)
          unknown option `none`; write one of `retry`, `max`, `base`, `cap`, `retry_after_max`, `factor`, `jitter`, `when`, `when_ok`, `hedge`, `breaker`, `rate_limit`, `bulkhead`, `budget`, `throttle`, `timeout`, `deadline`, `fallback`, `cache`, `coalesce`, `chaos`, `preset`, `idempotent`, `idempotency_key`, `name`, `fields`, `level`, `map_rejected` and `crate`
            ^ none
        resilient(retry("exp", standard))
          only the first value in `retry(..)` stands without a key
            ^ standard
    "#]]
    .assert_eq(&errors(&[
        "standard",
        "\"standard\"",
        "critical, max = 2",
        "exp_jitter",
        "\"exp_jitter\", max = 3",
        "\"2s\"",
        "none",
        "retry(\"exp\", standard)",
    ]));
}

#[test]
fn settings_of_other_caches() {
    expect![[r#"
        resilient(cache("60s", max_capacity = 5))
          unknown option `max_capacity`; did you mean `capacity`?
            ^ max_capacity
        resilient(cache("60s", max_size = 5))
          unknown option `max_size`; did you mean `capacity`?
            ^ max_size
        resilient(cache("60s", max_entries = 5))
          unknown option `max_entries`; did you mean `capacity`?
            ^ max_entries
        resilient(cache(time_to_live = "60s"))
          unknown option `time_to_live`; did you mean `ttl`?
            ^ time_to_live
    "#]]
    .assert_eq(&errors(&[
        "cache(\"60s\", max_capacity = 5)",
        "cache(\"60s\", max_size = 5)",
        "cache(\"60s\", max_entries = 5)",
        "cache(time_to_live = \"60s\")",
    ]));
}

#[test]
fn names_stand_first_in_their_group() {
    expect![[r#"
        resilient(breaker(name = "db"))
          the name stands first in the group, without its key; write `breaker("db", ..)`
            ^ name
        resilient(breaker(name = "db", failures = 3))
          the name stands first in the group, without its key; write `breaker("db", ..)`
            ^ name
        resilient(rate_limit(name = "mail", rate = "30/m"))
          the name stands first in the group, without its key; write `rate_limit("db", ..)`
            ^ name
        resilient(bulkhead(name = "db", max = 10))
          the name stands first in the group, without its key; write `bulkhead("db", ..)`
            ^ name
        resilient(retry("exp", budget(name = "db", ratio = "10%")))
          the name stands first in the group, without its key; write `budget("db", ..)`
            ^ name
        resilient(throttle(name = "db"))
          the name stands first in the group, without its key; write `throttle("db", ..)`
            ^ name
        resilient(retry("exp", name = "load"))
          `name` does not belong in `retry(..)`; write it beside `retry`
            ^ name
    "#]]
    .assert_eq(&errors(&[
        "breaker(name = \"db\")",
        "breaker(name = \"db\", failures = 3)",
        "rate_limit(name = \"mail\", rate = \"30/m\")",
        "bulkhead(name = \"db\", max = 10)",
        "retry(\"exp\", budget(name = \"db\", ratio = \"10%\"))",
        "throttle(name = \"db\")",
        "retry(\"exp\", name = \"load\")",
    ]));
}

#[test]
fn none_without_its_quotes() {
    expect![[r#"
        resilient(preset = "standard", breaker = none)
          `none` stands for no policy; write it in quotes: "none"
            ^ none
        resilient(preset = "standard", timeout = none)
          `none` stands for no policy; write it in quotes: "none"
            ^ none
        resilient(hedge = none)
          `none` stands for no policy; write it in quotes: "none"
            ^ none
    "#]]
    .assert_eq(&errors(&[
        "preset = \"standard\", breaker = none",
        "preset = \"standard\", timeout = none",
        "hedge = none",
    ]));
}
