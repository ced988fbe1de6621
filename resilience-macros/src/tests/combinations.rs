//! What is said about options that do not go together.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn settings_without_a_retry() {
    expect![[r#"
        resilient(max = 5)
          `max` has no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ max
        resilient(max = 5, base = "1s", when = f)
          `max` and `base` have no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ max
        resilient(breaker = "db", jitter = "full")
          `jitter` has no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ jitter
        resilient(timeout = "1s", retry_after_max = "1m")
          `retry_after_max` has no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ retry_after_max
        resilient(timeout = "1s", when = f)
          `when` has no effect without `retry`, `breaker` or `throttle`; add one of them
            ^ when
        resilient(timeout = "1s", when = f, when_ok = g)
          `when` and `when_ok` have no effect without `retry`, `breaker` or `throttle`; add one of them
            ^ when
    "#]]
    .assert_eq(&errors(&[
        "max = 5",
        "max = 5, base = \"1s\", when = f",
        "breaker = \"db\", jitter = \"full\"",
        "timeout = \"1s\", retry_after_max = \"1m\"",
        "timeout = \"1s\", when = f",
        "timeout = \"1s\", when = f, when_ok = g",
    ]));
    expansion("breaker = \"db\", when = f, when_ok = g");
}

#[test]
fn settings_of_no_retry() {
    expect![[r#"
        resilient(retry = "none", max = 5)
          `max` has no effect with `retry = "none"`; remove it, or choose another strategy
            ^ max
        resilient(retry("none", cap = "1s", retry_after_max = "1m"))
          `cap` and `retry_after_max` have no effect with `retry = "none"`; remove them, or choose another strategy
            ^ cap
        resilient(retry("none", max = "deadline", base = "1s", when = f), deadline = "1s")
          `max`, `base` and `when` have no effect with `retry = "none"`; remove them, or choose another strategy
            ^ max
    "#]]
    .assert_eq(&errors(&[
        "retry = \"none\", max = 5",
        "retry(\"none\", cap = \"1s\", retry_after_max = \"1m\")",
        "retry(\"none\", max = \"deadline\", base = \"1s\", when = f), deadline = \"1s\"",
    ]));
    expansion("retry = \"none\", breaker = \"db\", when = f");
}

#[test]
fn settings_that_the_strategy_does_not_use() {
    expect![[r#"
        resilient(retry = "fixed", factor = 2.0)
          `factor` has no effect with `retry = "fixed"`; only `exp` and `exp_jitter` have a factor
            ^ factor
        resilient(retry = "fixed", jitter = "full")
          `jitter` has no effect with `retry = "fixed"`, whose waits are all alike; remove it
            ^ jitter
        resilient(retry = "decorrelated", jitter = "full", factor = 3.0)
          `factor` has no effect with `retry = "decorrelated"`; only `exp` and `exp_jitter` have a factor
            ^ factor
          `jitter` has no effect with `retry = "decorrelated"`, which is a jitter itself; remove it
            ^ jitter
        resilient(retry = "linear", factor = 2.0)
          `factor` has no effect with `retry = "linear"`; only `exp` and `exp_jitter` have a factor
            ^ factor
        resilient(retry = "fibonacci", factor = 2.0)
          `factor` has no effect with `retry = "fibonacci"`; only `exp` and `exp_jitter` have a factor
            ^ factor
        resilient(retry = BACKOFF, base = "1s", cap = "2s")
          `base` and `cap` have no effect beside a strategy of your own; set them there
            ^ base
        resilient(retry = MyPolicy, jitter = "full")
          `jitter` has no effect beside a strategy of your own; set it there
            ^ jitter
    "#]]
    .assert_eq(&errors(&[
        "retry = \"fixed\", factor = 2.0",
        "retry = \"fixed\", jitter = \"full\"",
        "retry = \"decorrelated\", jitter = \"full\", factor = 3.0",
        "retry = \"linear\", factor = 2.0",
        "retry = \"fibonacci\", factor = 2.0",
        "retry = BACKOFF, base = \"1s\", cap = \"2s\"",
        "retry = MyPolicy, jitter = \"full\"",
    ]));
    expansion("retry = \"linear\", jitter = \"full\", base = \"1s\", cap = \"2s\"");
    expansion("retry = BACKOFF, max = 3, retry_after_max = \"1m\", when = f");
}

#[test]
fn as_many_attempts_as_fit_into_no_deadline() {
    expect![[r#"
        resilient(retry, max = "deadline", timeout = "1s")
          `max = "deadline"` needs a deadline; add one, like `deadline = "30s"`
            ^ "deadline"
    "#]]
    .assert_eq(&errors(&["retry, max = \"deadline\", timeout = \"1s\""]));
}

#[test]
fn nothing_that_rejects() {
    expect![[r#"
        resilient(retry, map_rejected = f)
          `map_rejected` has no effect without a policy that rejects, like `breaker` or `timeout`; add one, or remove it
            ^ map_rejected
        resilient(map_rejected = f)
          `map_rejected` has no effect without a policy that rejects, like `breaker` or `timeout`; add one, or remove it
            ^ map_rejected
    "#]]
    .assert_eq(&errors(&["retry, map_rejected = f", "map_rejected = f"]));
}

#[test]
fn settings_that_the_breaker_does_not_use() {
    expect![[r#"
        resilient(breaker("db", slow_call = "1s"))
          `slow_call` has no effect without `slow_rate`; add one, like `slow_rate = "50%"`
            ^ slow_call
        resilient(breaker("db", slow_rate = 0.5))
          `slow_rate` needs to know what is slow; add `slow_call`, like `slow_call = "2s"`
            ^ slow_rate
        resilient(breaker("db", consecutive = 3, window = 10, min_calls = 3))
          `window` and `min_calls` have no effect with `consecutive` alone, which looks at no window; remove them, or add `failure_rate`
            ^ window
        resilient(breaker("db", open_max = "1m"))
          `open_max` has no effect without `open_growth`; add one, like `open_growth = 2.0`
            ^ open_max
        resilient(breaker(DB, window = 10))
          `window` belongs to the `static`; set it there
            ^ window
        resilient(breaker(DB, window = 10, slow_call = "1s"))
          `window` and `slow_call` belong to the `static`; set them there
            ^ window
    "#]].assert_eq(&errors(&[
        "breaker(\"db\", slow_call = \"1s\")",
        "breaker(\"db\", slow_rate = 0.5)",
        "breaker(\"db\", consecutive = 3, window = 10, min_calls = 3)",
        "breaker(\"db\", open_max = \"1m\")",
        "breaker(DB, window = 10)",
        "breaker(DB, window = 10, slow_call = \"1s\")",
    ]));
    expansion("breaker(\"db\", consecutive = 3, failure_rate = 0.5, window = 10)");
    expansion("breaker(\"db\", min_calls = 3)");
}

#[test]
fn what_could_not_be_read_is_not_missing() {
    expect![[r#"
        resilient(retry, max = "deadline", deadline = 5)
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
        resilient(breaker("db", slow_call = "1s", slow_rate = 50))
          `50` is not a ratio; write "50%" or a share of 1.0, like 0.5
            ^ 50
        resilient(breaker("db", slow_call = "1s", slow_rat = 0.5))
          unknown option `slow_rat`; did you mean `slow_rate`?
            ^ slow_rat
        resilient(map_rejected = f, timeout = 5)
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
    "#]]
    .assert_eq(&errors(&[
        "retry, max = \"deadline\", deadline = 5",
        "breaker(\"db\", slow_call = \"1s\", slow_rate = 50)",
        "breaker(\"db\", slow_call = \"1s\", slow_rat = 0.5)",
        "map_rejected = f, timeout = 5",
    ]));
}
