//! What is said about wrong values: the caret is on the value.

use expect_test::expect;

use super::errors;

#[test]
fn durations() {
    expect![[r#"
        resilient(timeout = "2 parsecs")
          `2 parsecs` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ "2 parsecs"
        resilient(timeout = "banana")
          `banana` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ "banana"
        resilient(timeout = "5")
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ "5"
        resilient(timeout = 5)
          `5` has no unit; write a number and a unit, like "5s" or "5ms"
            ^ 5
        resilient(timeout = 1.5)
          `1.5` has no unit; write a number and a unit, like "1.5s" or "1.5ms"
            ^ 1.5
        resilient(timeout = 250ms)
          `250ms` needs quotes; write "250ms"
            ^ 250ms
        resilient(timeout = 1.5s)
          `1.5s` needs quotes; write "1.5s"
            ^ 1.5s
        resilient(timeout = -2)
          `-2` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ -2
        resilient(timeout = "-2s")
          `-2s` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ "-2s"
        resilient(timeout = true)
          `true` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ true
        resilient(timeout = "")
          `""` is not a duration; write a number and a unit (ns, us, ms, s, m, h or d), like "250ms"
            ^ ""
        resilient(timeout = "0.1ns")
          `0.1ns` is finer than a nanosecond; write fewer decimals
            ^ "0.1ns"
        resilient(timeout = "1000000d")
          `1000000d` is longer than 500 years; write a duration that ends
            ^ "1000000d"
    "#]]
    .assert_eq(&errors(&[
        r#"timeout = "2 parsecs""#,
        r#"timeout = "banana""#,
        r#"timeout = "5""#,
        "timeout = 5",
        "timeout = 1.5",
        "timeout = 250ms",
        "timeout = 1.5s",
        "timeout = -2",
        r#"timeout = "-2s""#,
        "timeout = true",
        r#"timeout = """#,
        r#"timeout = "0.1ns""#,
        r#"timeout = "1000000d""#,
    ]));
}

// Q3, Q6
#[test]
fn ratios() {
    expect![[r#"
        resilient(breaker("db", failure_rate = 50))
          `50` is not a ratio; write "50%" or a share of 1.0, like 0.5
            ^ 50
        resilient(breaker("db", failure_rate = 50%))
          `50%` needs quotes; write "50%"
            ^ 50%
        resilient(breaker("db", failure_rate = 50%, consecutive = 2x))
          `50%` needs quotes; write "50%"
            ^ 50%
          `2x` is not a count; write a whole number, like 3
            ^ 2x
        resilient(breaker("db", failure_rate = "50"))
          `50` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ "50"
        resilient(breaker("db", failure_rate = "half"))
          `half` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ "half"
        resilient(breaker("db", failure_rate = -1))
          `-1` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ -1
        resilient(breaker("db", failure_rate = 0.5f32))
          `0.5f32` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ 0.5f32
        resilient(breaker("db", failure_rate = false))
          `false` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ false
    "#]]
    .assert_eq(&errors(&[
        r#"breaker("db", failure_rate = 50)"#,
        r#"breaker("db", failure_rate = 50%)"#,
        r#"breaker("db", failure_rate = 50%, consecutive = 2x)"#,
        r#"breaker("db", failure_rate = "50")"#,
        r#"breaker("db", failure_rate = "half")"#,
        r#"breaker("db", failure_rate = -1)"#,
        r#"breaker("db", failure_rate = 0.5f32)"#,
        r#"breaker("db", failure_rate = false)"#,
    ]));
}

// Q9
#[test]
fn counts() {
    expect![[r#"
        resilient(retry, max = -3)
          `-3` is not a number of attempts; write a whole number, like 3, or "deadline" for as many as fit into it
            ^ -3
        resilient(retry, max = "3")
          `"3"` is a string; write the number without quotes: `3`
            ^ "3"
        resilient(retry, max = "forever")
          `forever` is not a number of attempts; write a whole number, like 3, or "deadline" for as many as fit into it
            ^ "forever"
        resilient(retry, max = 2.5)
          `2.5` is not a number of attempts; write a whole number, like 3, or "deadline" for as many as fit into it
            ^ 2.5
        resilient(retry, max = 5000000000)
          `5000000000` is too large; write at most 4294967295
            ^ 5000000000
        resilient(retry, max = 3u64)
          `3u64` is not a count; write a whole number, like 3
            ^ 3u64
        resilient(breaker("db", probes = -1))
          `-1` is not a count; write a whole number, like 3
            ^ -1
        resilient(breaker("db", probes = "4"))
          `"4"` is a string; write the number without quotes: `4`
            ^ "4"
        resilient(breaker("db", probes = 'a'))
          `'a'` is not a count; write a whole number, like 3
            ^ 'a'
    "#]].assert_eq(&errors(&[
        "retry, max = -3",
        r#"retry, max = "3""#,
        r#"retry, max = "forever""#,
        "retry, max = 2.5",
        "retry, max = 5000000000",
        "retry, max = 3u64",
        r#"breaker("db", probes = -1)"#,
        r#"breaker("db", probes = "4")"#,
        r#"breaker("db", probes = 'a')"#,
    ]));
}

#[test]
fn factors_jitters_and_windows() {
    expect![[r#"
        resilient(retry, factor = "2")
          `"2"` is a string; write the number without quotes: `2`
            ^ "2"
        resilient(retry, factor = "double")
          `double` is not a number; write one, like 2.0
            ^ "double"
        resilient(retry, factor = 1e999)
          `1e999` is not a number; write one, like 2.0
            ^ 1e999
        resilient(retry, jitter = "ful")
          unknown jitter `ful`; did you mean `full`?
            ^ "ful"
        resilient(retry, jitter = "banana")
          `banana` is not a jitter; write "full", "equal", "none", or a ratio like "20%"
            ^ "banana"
        resilient(retry, jitter = 20)
          `20` is not a ratio; write "20%" or a share of 1.0, like 0.5
            ^ 20
        resilient(retry, jitter = true)
          `true` is not a jitter; write "full", "equal", "none", or a ratio like "20%"
            ^ true
        resilient(breaker("db", window = "100"))
          `100` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ "100"
        resilient(breaker("db", window = 30s))
          `30s` needs quotes; write "30s"
            ^ 30s
        resilient(breaker("db", window = 1.5))
          `1.5` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ 1.5
        resilient(breaker("db", window = "30 parsecs"))
          `30 parsecs` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ "30 parsecs"
    "#]]
    .assert_eq(&errors(&[
        r#"retry, factor = "2""#,
        "retry, factor = \"double\"",
        "retry, factor = 1e999",
        r#"retry, jitter = "ful""#,
        r#"retry, jitter = "banana""#,
        "retry, jitter = 20",
        "retry, jitter = true",
        r#"breaker("db", window = "100")"#,
        r#"breaker("db", window = 30s)"#,
        r#"breaker("db", window = 1.5)"#,
        r#"breaker("db", window = "30 parsecs")"#,
    ]));
}

#[test]
fn strategies() {
    expect![[r#"
        resilient(retry = "exponentail")
          unknown strategy `exponentail`; did you mean `exp`?
            ^ "exponentail"
        resilient(retry = "exp_jiter")
          unknown strategy `exp_jiter`; did you mean `exp_jitter`?
            ^ "exp_jiter"
        resilient(retry = "banana")
          `banana` is not a retry strategy; write "exp_jitter", "exp", "fixed", "linear", "decorrelated", "fibonacci" or "none"
            ^ "banana"
        resilient(retry = exp_jitter)
          `exp_jitter` is the name of a strategy; write it in quotes: "exp_jitter"
            ^ exp_jitter
        resilient(retry = 5)
          `5` is not a retry strategy; write `"exp_jitter", max = 5`, which counts the first attempt too
            ^ 5
        resilient(retry(3))
          `3` is not a retry strategy; write `"exp_jitter", max = 3`, which counts the first attempt too
            ^ 3
        resilient(retry("Exp"))
          unknown strategy `Exp`; did you mean `exp`?
            ^ "Exp"
    "#]].assert_eq(&errors(&[
        r#"retry = "exponentail""#,
        r#"retry = "exp_jiter""#,
        r#"retry = "banana""#,
        "retry = exp_jitter",
        "retry = 5",
        "retry(3)",
        r#"retry("Exp")"#,
    ]));
}

#[test]
fn breakers() {
    expect![[r#"
        resilient(breaker = "")
          a breaker's name cannot be empty; write one, like "db"
            ^ ""
        resilient(breaker = 5)
          `5` is not a breaker; write a name, like "db", or the path of a `static Breaker`
            ^ 5
        resilient(breaker = &DB)
          a breaker is borrowed where it is used; write its path without `&`
            ^ &DB
        resilient(breaker = Breaker::new("db"))
          expected a breaker; write a name, like "db", or the path of a `static Breaker`
            ^ Breaker::new("db")
        resilient(breaker)
          `breaker` needs a name, like `breaker = "db"`
            ^ breaker
        resilient(breaker())
          `breaker(..)` begins with a name; write `breaker("db", ..)`
            ^ breaker
        resilient(breaker(failure_rate = 0.5))
          `breaker(..)` begins with a name; write `breaker("db", ..)`
            ^ breaker
    "#]]
    .assert_eq(&errors(&[
        r#"breaker = """#,
        "breaker = 5",
        "breaker = &DB",
        "breaker = Breaker::new(\"db\")",
        "breaker",
        "breaker()",
        "breaker(failure_rate = 0.5)",
    ]));
}

#[test]
fn functions_and_paths() {
    expect![[r#"
        resilient(timeout = "1s", fallback = "cached")
          `"cached"` is a string; write the path without quotes: `cached`
            ^ "cached"
        resilient(timeout = "1s", fallback = "no such answer")
          `"no such answer"` is no result; write `Ok(..)` around it, or the path of a function, or a closure
            ^ "no such answer"
        resilient(timeout = "1s", fallback = 5)
          `5` is no result; write `Ok(..)` around it, or the path of a function, or a closure
            ^ 5
        resilient(timeout = "1s", fallback(cached, 5, "cached"))
          `5` is no result; write `Ok(..)` around it, or the path of a function, or a closure
            ^ 5
          `"cached"` is a string; write the path without quotes: `cached`
            ^ "cached"
        resilient(timeout = "1s", fallback())
          `fallback(..)` needs at least one answer, like `fallback(cached_answer, Ok(default))`
            ^ fallback
        resilient(timeout = "1s", fallback(a b))
          `fallback(..)` takes functions, closures and expressions, with a comma after each
            ^ a b
        resilient(retry("fixed", fallback = cached))
          `fallback` is outermost, and answers once when all else has failed; write it beside `retry`, not in `retry(..)`
            ^ fallback
        resilient(retry, when = is_transient())
          expected the path of a function, or a closure; write `|..| ..` around this
            ^ is_transient()
        resilient(timeout = "1s", crate = "my_runtime")
          `"my_runtime"` is a string; write the path without quotes: `my_runtime`
            ^ "my_runtime"
        resilient(timeout = "1s", crate = 5)
          expected a path, like `some::path`
            ^ 5
    "#]]
    .assert_eq(&errors(&[
        r#"timeout = "1s", fallback = "cached""#,
        r#"timeout = "1s", fallback = "no such answer""#,
        "timeout = \"1s\", fallback = 5",
        "timeout = \"1s\", fallback(cached, 5, \"cached\")",
        "timeout = \"1s\", fallback()",
        "timeout = \"1s\", fallback(a b)",
        "retry(\"fixed\", fallback = cached)",
        "retry, when = is_transient()",
        "timeout = \"1s\", crate = \"my_runtime\"",
        "timeout = \"1s\", crate = 5",
    ]));
}

#[test]
fn values_are_constant() {
    expect![[r#"
        resilient(retry, max = Self::MAX)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(retry = Self::BACKOFF)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(breaker = Self::DB)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(timeout = Duration::from_secs(Self::SECONDS))
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(timeout = self.timeout)
          values are checked at compile time, when there is no `self`; write a const expression
            ^ self
    "#]]
    .assert_eq(&errors(&[
        "retry, max = Self::MAX",
        "retry = Self::BACKOFF",
        "breaker = Self::DB",
        "timeout = Duration::from_secs(Self::SECONDS)",
        "timeout = self.timeout",
    ]));
}

#[test]
fn a_literal_is_no_idempotency_key() {
    expect![[r#"
        resilient(retry = "exp", idempotency_key = "order-{id}")
          `"order-{id}"` is the same for every call; write an expression of the arguments, like `format_args!("order-{id}")`
            ^ "order-{id}"
        resilient(hedge = "p95", idempotency_key = 7)
          `7` is the same for every call; write an expression of the arguments, like `format_args!("order-{id}")`
            ^ 7
    "#]].assert_eq(&errors(&[
        "retry = \"exp\", idempotency_key = \"order-{id}\"",
        "hedge = \"p95\", idempotency_key = 7",
    ]));
}
