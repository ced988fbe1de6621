//! What is said about wrong keys and broken lists: the caret is on the key, or on the token in the way.

use expect_test::expect;

use super::errors;
use crate::check;
use crate::diag::Diagnostics;

// Q19
#[test]
fn unknown_keys() {
    expect![[r#"
        resilient(atempts = 3)
          unknown option `atempts`; did you mean `max`, which counts the first attempt too?
            ^ atempts
        resilient(retires = 3)
          unknown option `retires`; did you mean `max`, which counts the first attempt too?
            ^ retires
        resilient(max_attempts = 3)
          unknown option `max_attempts`; did you mean `max`, which counts the first attempt too?
            ^ max_attempts
        resilient(tiemout = "2s")
          unknown option `tiemout`; did you mean `timeout`?
            ^ tiemout
        resilient(retry_afer_max = "1m")
          unknown option `retry_afer_max`; did you mean `retry_after_max`?
            ^ retry_afer_max
        resilient(max_retry_after = "1m")
          unknown option `max_retry_after`; did you mean `retry_after_max`?
            ^ max_retry_after
        resilient(circuit_breaker = "db")
          unknown option `circuit_breaker`; did you mean `breaker`?
            ^ circuit_breaker
        resilient(colour = 3)
          unknown option `colour`; write one of `retry`, `max`, `base`, `cap`, `retry_after_max`, `factor`, `jitter`, `when`, `when_ok`, `hedge`, `breaker`, `rate_limit`, `bulkhead`, `budget`, `throttle`, `timeout`, `deadline`, `fallback`, `cache`, `coalesce`, `chaos`, `preset`, `idempotent`, `idempotency_key`, `name`, `fields`, `level`, `map_rejected` and `crate`
            ^ colour
        resilient(retry("exp", atempts = 3))
          unknown option `atempts`; did you mean `max`, which counts the first attempt too?
            ^ atempts
        resilient(retry("exp", colour = 3))
          unknown option `colour`; `retry(..)` takes `max`, `base`, `cap`, `retry_after_max`, `factor`, `jitter`, `when`, `when_ok` and `budget`
            ^ colour
        resilient(breaker("db", failure_threshold = 3))
          unknown option `failure_threshold`; did you mean `consecutive`?
            ^ failure_threshold
        resilient(failure_ratio = 0.5)
          unknown option `failure_ratio`; did you mean `failure_rate` in `breaker(..)`?
            ^ failure_ratio
    "#]].assert_eq(&errors(&[
        "atempts = 3",
        "retires = 3",
        "max_attempts = 3",
        "tiemout = \"2s\"",
        "retry_afer_max = \"1m\"",
        "max_retry_after = \"1m\"",
        "circuit_breaker = \"db\"",
        "colour = 3",
        "retry(\"exp\", atempts = 3)",
        "retry(\"exp\", colour = 3)",
        "breaker(\"db\", failure_threshold = 3)",
        "failure_ratio = 0.5",
    ]));
}

#[test]
fn an_unknown_setting_is_no_missing_value() {
    expect![[r#"
        resilient(bulkhead(max_concurrent_calls = 10))
          unknown option `max_concurrent_calls`; did you mean `max`?
            ^ max_concurrent_calls
        resilient(breaker(failure_threshold = 5))
          unknown option `failure_threshold`; did you mean `consecutive`?
            ^ failure_threshold
    "#]]
    .assert_eq(&errors(&["bulkhead(max_concurrent_calls = 10)", "breaker(failure_threshold = 5)"]));
}

#[test]
fn one_unknown_key_raises_no_second_mistake() {
    // `max` and `when` are not without a retry: the user tried to name one.
    expect![[r#"
        resilient(retyr = "exp", max = 5, when = f)
          unknown option `retyr`; did you mean `retry`?
            ^ retyr
        resilient(retry = "exponentail", max = 5, base = "1s")
          unknown strategy `exponentail`; did you mean `exp`?
            ^ "exponentail"
    "#]]
    .assert_eq(&errors(&[
        "retyr = \"exp\", max = 5, when = f",
        "retry = \"exponentail\", max = 5, base = \"1s\"",
    ]));
}

#[test]
fn what_a_group_begins_with_is_shown_instead_of_the_example() {
    expect![[r#"
        resilient(rate = "5/s")
          `rate` belongs in `rate_limit(..)`; write `rate_limit(rate = ..)`
            ^ rate
        resilient(ttl = "60s")
          `ttl` belongs in `cache(..)`; write `cache(ttl = ..)`
            ^ ttl
        resilient(retry, ratio = 0.1)
          `ratio` belongs in `budget(..)`; write `budget(ratio = ..)`
            ^ ratio
        resilient(hedge = "p95", idempotent, after = "1s")
          `after` belongs in `hedge(..)`; write `hedge(after = ..)`
            ^ after
        resilient(coalesce, key = id)
          `key` belongs in `coalesce(..)`; write `coalesce(key = ..)`
            ^ key
    "#]]
    .assert_eq(&errors(&[
        "rate = \"5/s\"",
        "ttl = \"60s\"",
        "retry, ratio = 0.1",
        "hedge = \"p95\", idempotent, after = \"1s\"",
        "coalesce, key = id",
    ]));
}

#[test]
fn a_group_is_shown_with_what_it_begins_with_already() {
    expect![[r#"
        resilient(throttle, k = 1.5)
          `k` belongs in `throttle(..)`; write `throttle(k = ..)`
            ^ k
        resilient(breaker = "orders", open_for = "5s")
          `open_for` belongs in `breaker(..)`; write `breaker("orders", open_for = ..)`
            ^ open_for
        resilient(breaker = "none", open_for = "5s")
          `open_for` belongs in `breaker(..)`; write `breaker("db", open_for = ..)`
            ^ open_for
        resilient(bulkhead = 5, queue = 3)
          `queue` belongs in `bulkhead(..)`; write `bulkhead(5, queue = ..)`
            ^ queue
        resilient(bulkhead = limits::of(5), queue = 3)
          `queue` belongs in `bulkhead(..)`; write `bulkhead(10, queue = ..)`
            ^ queue
        resilient(retry, budget("20%"), floor = 5)
          `floor` belongs in `budget(..)`; write `budget(.., floor = ..)`
            ^ floor
    "#]]
    .assert_eq(&errors(&[
        "throttle, k = 1.5",
        "breaker = \"orders\", open_for = \"5s\"",
        "breaker = \"none\", open_for = \"5s\"",
        "bulkhead = 5, queue = 3",
        "bulkhead = limits::of(5), queue = 3",
        "retry, budget(\"20%\"), floor = 5",
    ]));
}

#[test]
fn a_key_with_dashes_is_the_one_that_is_meant() {
    expect![[r#"
        resilient(rate-limit = "10/s")
          `rate_limit` is written with `_`, not with `-`
            ^ rate
        resilient(retry("exp", retry-after-max = "5s"))
          `retry_after_max` is written with `_`, not with `-`
            ^ retry
        resilient(rate-limits = "10/s")
          `rate_limits` is written with `_`, not with `-`
            ^ rate
          unknown option `rate_limits`; did you mean `rate_limit`?
            ^ rate
    "#]]
    .assert_eq(&errors(&[
        "rate-limit = \"10/s\"",
        "retry(\"exp\", retry-after-max = \"5s\")",
        "rate-limits = \"10/s\"",
    ]));
}

#[test]
fn keys_in_the_wrong_place() {
    expect![[r#"
        resilient(failure_rate = "50%")
          `failure_rate` belongs in `breaker(..)`; write `breaker("db", failure_rate = ..)`
            ^ failure_rate
        resilient(breaker = "db", window = 100)
          `window` belongs in `breaker(..)`; write `breaker("db", window = ..)`
            ^ window
        resilient(breaker("db", max = 5))
          `max` is a setting of `retry`, `hedge` and `bulkhead`, not of `breaker`
            ^ max
        resilient(retry("exp", timeout = "2s"))
          `timeout` does not belong in `retry(..)`; write it beside `retry`
            ^ timeout
        resilient(retry("exp", breaker = "db"))
          `breaker` does not belong in `retry(..)`; write it beside `retry`
            ^ breaker
        resilient(retry(retry = "exp"))
          the value of `retry` stands first in `retry(..)`, without its key
            ^ retry
        resilient(retry(max = 5, "exp"))
          only the first value in `retry(..)` stands without a key
            ^ "exp"
        resilient(breaker("db", "other"))
          only the first value in `breaker(..)` stands without a key
            ^ "other"
        resilient("exp_jitter")
          a value needs its key, as in `retry = "exp_jitter"`
            ^ "exp_jitter"
        resilient(5, timeout = "2s")
          a value needs its key, as in `timeout = "2s"`
            ^ 5
    "#]]
    .assert_eq(&errors(&[
        "failure_rate = \"50%\"",
        "breaker = \"db\", window = 100",
        "breaker(\"db\", max = 5)",
        "retry(\"exp\", timeout = \"2s\")",
        "retry(\"exp\", breaker = \"db\")",
        "retry(retry = \"exp\")",
        "retry(max = 5, \"exp\")",
        "breaker(\"db\", \"other\")",
        "\"exp_jitter\"",
        "5, timeout = \"2s\"",
    ]));
}

#[test]
fn keys_written_twice() {
    expect![[r#"
        resilient(timeout = "1s", deadline = "3s", timeout = "2s")
          `timeout` is written twice; remove one
            ^ timeout
        resilient(retry("exp", max = 5, max = 6))
          `max` is written twice; remove one
            ^ max
        resilient(retry("exp", max = 5), max = 6)
          `max` is written both in `retry(..)` and beside it; remove one
            ^ max
          `max` is also written here
            ^ max
        resilient(max = 6, retry("exp", max = 5))
          `max` is written both in `retry(..)` and beside it; remove one
            ^ max
          `max` is also written here
            ^ max
        resilient(retry = "exp", retry("fixed", max = 6, max = 7))
          `retry` is written twice; remove one
            ^ retry
    "#]]
    .assert_eq(&errors(&[
        "timeout = \"1s\", deadline = \"3s\", timeout = \"2s\"",
        "retry(\"exp\", max = 5, max = 6)",
        "retry(\"exp\", max = 5), max = 6",
        "max = 6, retry(\"exp\", max = 5)",
        "retry = \"exp\", retry(\"fixed\", max = 6, max = 7)",
    ]));
}

#[test]
fn keys_without_the_value_they_need() {
    expect![[r#"
        resilient(timeout)
          `timeout` needs a value, like `timeout = "2s"`
            ^ timeout
        resilient(timeout, deadline = )
          `deadline` needs a value, like `deadline = "30s"`
            ^ deadline
          `timeout` needs a value, like `timeout = "2s"`
            ^ timeout
        resilient(retry, max)
          `max` needs a value, like `max = 5`
            ^ max
        resilient(timeout("2s"))
          `timeout` takes one value; write it as `timeout = "2s"`
            ^ timeout
        resilient(retry = "exp", max(5))
          `max` takes one value; write it as `max = 5`
            ^ max
        resilient(fallback)
          `fallback` needs a value, like `fallback = cached_answer`
            ^ fallback
    "#]]
    .assert_eq(&errors(&[
        "timeout",
        "timeout, deadline = ",
        "retry, max",
        "timeout(\"2s\")",
        "retry = \"exp\", max(5)",
        "fallback",
    ]));
}

#[test]
fn broken_lists() {
    expect![[r#"
        resilient(timeout: "2s")
          expected `=` after `timeout`; write `timeout = ..`
            ^ :
        resilient(timeout == "2s")
          expected `=` after `timeout`; write `timeout = ..`
            ^ =
        resilient(timeout => "2s")
          expected `=` after `timeout`; write `timeout = ..`
            ^ =
        resilient(timeout "2s")
          expected `=` after `timeout`; write `timeout = ..`
            ^ "2s"
        resilient(retry["exp"])
          `retry` takes parentheses; write `retry(..)`
            ^ ["exp"]
        resilient(retry = "exp" max = 3)
          expected `,` before `max`
            ^ max
        resilient(retry = "exp"; max = 3)
          expected `,` before `;`
            ^ ;
        resilient(retry max = 3)
          expected `,` before `max`
            ^ max
        resilient(, timeout = "2s")
          nothing stands before this comma; remove it
            ^ ,
        resilient(timeout = "2s",, deadline = "3s")
          nothing stands before this comma; remove it
            ^ ,
        resilient(timeout = , deadline = 5)
          `timeout` needs a value, like `timeout = "2s"`
            ^ timeout
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
        resilient(timeout = fn, deadline = 5)
          `timeout` takes one expression, like `timeout = "2s"`
            ^ fn
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
        resilient(timeout = "2s" + , deadline = 5)
          `timeout` takes one expression, like `timeout = "2s"`
            ^ "2s" +
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
        resilient(a::b = 3)
          a value needs its key, as in `timeout = "2s"`
            ^ a::b = 3
        resilient(+)
          expected an option, like `timeout = "2s"`
            ^ +
    "#]]
    .assert_eq(&errors(&[
        "timeout: \"2s\"",
        "timeout == \"2s\"",
        "timeout => \"2s\"",
        "timeout \"2s\"",
        "retry[\"exp\"]",
        "retry = \"exp\" max = 3",
        "retry = \"exp\"; max = 3",
        "retry max = 3",
        ", timeout = \"2s\"",
        "timeout = \"2s\",, deadline = \"3s\"",
        "timeout = , deadline = 5",
        "timeout = fn, deadline = 5",
        "timeout = \"2s\" + , deadline = 5",
        "a::b = 3",
        "+",
    ]));
}

#[test]
fn independent_mistakes_are_reported_together() {
    expect![[r#"
        resilient(retry("exponentail", max = -1, colour = 3), breaker("", probes = 2.5, window = "x"), tiemout = "1s", deadline = 5, level = "loud", coalesce = 3, timeout)
          unknown option `colour`; `retry(..)` takes `max`, `base`, `cap`, `retry_after_max`, `factor`, `jitter`, `when`, `when_ok` and `budget`
            ^ colour
          unknown option `tiemout`; did you mean `timeout`?
            ^ tiemout
          `timeout` needs a value, like `timeout = "2s"`
            ^ timeout
          `-1` is not a number of attempts; write a whole number, like 3, or "deadline" for as many as fit into it
            ^ -1
          unknown strategy `exponentail`; did you mean `exp`?
            ^ "exponentail"
          a breaker's name cannot be empty; write one, like "db"
            ^ ""
          `x` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ "x"
          `2.5` is not a count; write a whole number, like 3
            ^ 2.5
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
          `coalesce` takes no value; write it alone, or with what the result depends on, like `coalesce(key = id)`
            ^ 3
          `loud` is not a level; write "trace", "debug", "info", "warn" or "error"
            ^ "loud"
    "#]].assert_eq(&errors(&[
        "retry(\"exponentail\", max = -1, colour = 3), breaker(\"\", probes = 2.5, window = \"x\"), \
         tiemout = \"1s\", deadline = 5, level = \"loud\", coalesce = 3, timeout",
    ]));
}

#[test]
fn nothing_makes_it_panic() {
    let pieces = [
        "retry", "breaker", "max", "fields", "crate", "self", "=", ",", "::", "|", "-", "%", "&", "\"db\"",
        "5s", "true", "fn", "(", ")", "[]",
    ];
    let read = |text: &str| {
        // Unbalanced parentheses never reach a macro.
        if let Ok(tokens) = text.parse() {
            let args = check::read(tokens, &mut Diagnostics::default());
            let _ = (args.checks(), args.site());
        }
    };
    for number in 0..pieces.len().pow(3) {
        let piece = |place: u32| pieces[number / pieces.len().pow(place) % pieces.len()];
        let text = [piece(0), piece(1), piece(2)].join(" ");
        read(&text);
        read(&format!("timeout = {text}"));
        read(&format!("breaker({text})"));
    }
}
