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
