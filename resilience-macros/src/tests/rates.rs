//! Rates that are none: a count, a slash, a time.

use expect_test::expect;

use super::errors;

#[test]
fn wrong_rates() {
    expect![[r#"
        resilient(rate_limit = "100")
          `100` says no time; write a count and a time, like "100/s" or "100/m"
            ^ "100"
        resilient(rate_limit = 100)
          `100` says no time; write a count and a time, like "100/s" or "100/m"
            ^ 100
        resilient(rate_limit = "100/x")
          `100/x` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ "100/x"
        resilient(rate_limit = "100/second")
          `100/second` is not a rate; write "100/s"
            ^ "100/second"
        resilient(rate_limit = "1.5/s")
          `1.5/s` lets parts of calls through; write whole ones in a longer time: "3/2s"
            ^ "1.5/s"
        resilient(rate_limit = "0.0/s")
          `0.0/s` lets parts of calls through; write whole ones in a longer time
            ^ "0.0/s"
        resilient(rate_limit = "1.x/s")
          `1.x/s` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ "1.x/s"
        resilient(rate_limit = -"1/s")
          `-1/s` is not a rate limit; write a rate, like "100/s", a name, like "api", or the path of a `static RateLimiter`
            ^ -"1/s"
        resilient(rate_limit = -100)
          `-100` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ -100
        resilient(rate_limit = 100u64)
          `100u64` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ 100u64
        resilient(rate_limit = "0.5/min")
          `0.5/min` lets parts of calls through; write whole ones in a longer time: "1/2m"
            ^ "0.5/min"
        resilient(rate_limit = "0.5/2s")
          `0.5/2s` lets parts of calls through; write whole ones in a longer time
            ^ "0.5/2s"
        resilient(rate_limit = "-1/s")
          `-1/s` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ "-1/s"
        resilient(rate_limit = "ten/s")
          `ten/s` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ "ten/s"
        resilient(rate_limit = "5000000000/s")
          `5000000000` is too large; write at most 4294967295
            ^ "5000000000/s"
        resilient(rate_limit = 100/s)
          `100/s` needs quotes; write "100/s"
            ^ 100/s
        resilient(rate_limit(5/250ms, burst = 3))
          `5/250ms` needs quotes; write "5/250ms"
            ^ 5/250ms
        resilient(rate_limit = 1.5)
          `1.5` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ 1.5
        resilient(rate_limit("api", rate = "fast"))
          `fast` is not a rate; write a count and a time, like "100/s" or "5/250ms"
            ^ "fast"
        resilient(rate_limit("api", rate = 100))
          `100` says no time; write a count and a time, like "100/s" or "100/m"
            ^ 100
        resilient(rate_limit("api", rate = 100/s))
          `100/s` needs quotes; write "100/s"
            ^ 100/s
    "#]]
    .assert_eq(&errors(&[
        r#"rate_limit = "100""#,
        "rate_limit = 100",
        r#"rate_limit = "100/x""#,
        r#"rate_limit = "100/second""#,
        r#"rate_limit = "1.5/s""#,
        r#"rate_limit = "0.0/s""#,
        r#"rate_limit = "1.x/s""#,
        r#"rate_limit = -"1/s""#,
        "rate_limit = -100",
        "rate_limit = 100u64",
        r#"rate_limit = "0.5/min""#,
        r#"rate_limit = "0.5/2s""#,
        r#"rate_limit = "-1/s""#,
        r#"rate_limit = "ten/s""#,
        r#"rate_limit = "5000000000/s""#,
        "rate_limit = 100/s",
        "rate_limit(5/250ms, burst = 3)",
        "rate_limit = 1.5",
        r#"rate_limit("api", rate = "fast")"#,
        r#"rate_limit("api", rate = 100)"#,
        r#"rate_limit("api", rate = 100/s)"#,
    ]));
}
