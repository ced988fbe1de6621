//! What attributes with `rate_limit` become, and what is said about wrong ones.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn a_rate_limit_of_the_functions_own() {
    expect![[r#"
        const _: () = P::check::rate(P::Rate::new(100, P::secs(1))).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(P::Source::own(P::RateLimitConfig::new(P::Rate::new(100, P::secs(1)))));
    "#]]
    .assert_eq(&expansion(r#"rate_limit = "100/s""#));
    assert_eq!(expansion(r#"rate_limit("100/s")"#), expansion(r#"rate_limit = "100/s""#));
    assert_eq!(expansion(r#"rate_limit(rate = "100/s")"#), expansion(r#"rate_limit = "100/s""#));
    expect![[r#"
        const _: () = P::check::deadline(P::secs(1)).hold();
        const _: () = P::check::rate(P::Rate::new(100, P::secs(1))).hold();
        const _: () = P::check::burst(20).hold();
        const _: () = P::check::limit_wait(P::millis(50), P::secs(1)).hold();
        const _: () = P::check::max_keys(1000).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(
                P::Source::own(
                    P::RateLimitConfig::new(P::Rate::new(100, P::secs(1)))
                        .burst(20)
                        .algorithm(P::Algorithm::TokenBucket)
                        .wait(P::millis(50))
                        .max_keys(1000),
                ),
            )
            .deadline(P::secs(1));
    "#]].assert_eq(&expansion(
        r#"rate_limit("100/s", burst = 20, wait = "50ms", algorithm = "token_bucket", key = tenant, max_keys = 1000),
           deadline = "1s""#,
    ));
}

#[test]
fn a_rate_limit_with_leases() {
    expect![[r#"
        const _: () = P::check::rate(P::Rate::new(100000, P::secs(1))).hold();
        const _: () = P::check::lease(64).hold();
        const _: () = P::check::lease_fits(
                &P::RateLimitConfig::new(P::Rate::new(100000, P::secs(1))).lease(64),
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(
                P::Source::own(
                    P::RateLimitConfig::new(P::Rate::new(100000, P::secs(1))).lease(64),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"rate_limit("100000/s", lease = 64)"#));
    expect![[r#"
        const _: () = P::check::rate(P::Rate::new(100, P::secs(1))).hold();
        const __RESILIENT_RATE_LIMIT_BURST: u32 = BURST;
        const _: () = P::check::burst(__RESILIENT_RATE_LIMIT_BURST).hold();
        const __RESILIENT_RATE_LIMIT_LEASE: u32 = LEASE;
        const _: () = P::check::lease(__RESILIENT_RATE_LIMIT_LEASE).hold();
        const _: () = P::check::lease_fits(
                &P::RateLimitConfig::new(P::Rate::new(100, P::secs(1)))
                    .burst(__RESILIENT_RATE_LIMIT_BURST)
                    .lease(__RESILIENT_RATE_LIMIT_LEASE),
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(
                P::Source::named(
                    "api",
                    P::RateLimitConfig::new(P::Rate::new(100, P::secs(1)))
                        .burst(__RESILIENT_RATE_LIMIT_BURST)
                        .lease(__RESILIENT_RATE_LIMIT_LEASE),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"rate_limit("api", rate = "100/s", burst = BURST, lease = LEASE)"#));
}

#[test]
fn a_rate_limit_with_a_name() {
    expect![[r#"
        const _: () = P::check::rate(P::Rate::new(5, P::millis(250))).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(
                P::Source::named(
                    "api",
                    P::RateLimitConfig::new(P::Rate::new(5, P::millis(250)))
                        .algorithm(P::Algorithm::SlidingWindow),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"rate_limit("api", rate = "5/250ms", algorithm = "sliding_window")"#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty().rate_limit(P::Source::shared("api"));
    "#]]
    .assert_eq(&expansion(r#"rate_limit = "api""#));
    assert_eq!(expansion(r#"rate_limit("api")"#), expansion(r#"rate_limit = "api""#));
    assert_eq!(expansion(r#"rate_limit("api", key = tenant)"#), expansion(r#"rate_limit = "api""#));
}

#[test]
fn a_rate_limit_in_a_static() {
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit({
                static __RESILIENT_POLICY: &P::RateLimiter = &crate::API;
                P::Source::to(__RESILIENT_POLICY)
            });
    "#]]
    .assert_eq(&expansion("rate_limit = crate::API"));
    assert_eq!(expansion("rate_limit(crate::API, key = &user.id)"), expansion("rate_limit = crate::API"));
}

#[test]
fn a_rate_of_const_expressions() {
    expect![[r#"
        const __RESILIENT_RATE_LIMIT_RATE: P::Rate = RATE;
        const _: () = P::check::rate(__RESILIENT_RATE_LIMIT_RATE).hold();
        const __RESILIENT_RATE_LIMIT_BURST: u32 = BURST;
        const _: () = P::check::burst(__RESILIENT_RATE_LIMIT_BURST).hold();
        const __RESILIENT_RATE_LIMIT_ALGORITHM: P::Algorithm = ALGORITHM;
        const __RESILIENT_RATE_LIMIT_WAIT: ::core::time::Duration = WAIT;
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(
                P::Source::own(
                    P::RateLimitConfig::new(__RESILIENT_RATE_LIMIT_RATE)
                        .burst(__RESILIENT_RATE_LIMIT_BURST)
                        .algorithm(__RESILIENT_RATE_LIMIT_ALGORITHM)
                        .wait(__RESILIENT_RATE_LIMIT_WAIT),
                ),
            );
    "#]]
    .assert_eq(&expansion("rate_limit(rate = RATE, burst = BURST, wait = WAIT, algorithm = ALGORITHM)"));
    expect![[r#"
        const __RESILIENT_RATE_LIMIT: P::Rate = Rate::per_second(2 * LOAD);
        const _: () = P::check::rate(__RESILIENT_RATE_LIMIT).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .rate_limit(P::Source::own(P::RateLimitConfig::new(__RESILIENT_RATE_LIMIT)));
    "#]]
    .assert_eq(&expansion("rate_limit = Rate::per_second(2 * LOAD)"));
}

// Q22
#[test]
fn a_breakers_window_has_to_see_enough_calls_of_a_rate() {
    expect![[r#"
        const _: () = P::check::window_time(P::secs(5)).hold();
        const _: () = P::check::min_calls(10).hold();
        const _: () = P::check::rate(P::Rate::new(1, P::secs(1))).hold();
        const _: () = P::check::rate_window(P::secs(5), 10, P::Rate::new(1, P::secs(1))).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new().window(P::Window::Time(P::secs(5))).min_calls(10),
                ),
            )
            .rate_limit(P::Source::own(P::RateLimitConfig::new(P::Rate::new(1, P::secs(1)))));
    "#]]
    .assert_eq(&expansion(r#"rate_limit = "1/s", breaker("db", window = "5s", min_calls = 10)"#));
    let checks = |attribute: &str| {
        let text = expansion(attribute);
        text.lines().find(|line| line.contains("rate_window")).map(|line| line.trim().to_owned())
    };
    let known = |breaker: &str| checks(&format!(r#"rate_limit = "1/s", {breaker}"#));
    assert_eq!(
        known(r#"breaker("db", failure_rate = 0.5)"#).as_deref(),
        Some("const _: () = P::check::rate_window(P::secs(60), 10, P::Rate::new(1, P::secs(1))).hold();")
    );
    assert_eq!(
        known(r#"breaker("db", open_for = "1s", min_calls = MIN)"#).as_deref(),
        Some("const _: () = P::check::rate_window(")
    );
    for unknown in [
        r#"breaker = "db""#,
        "breaker = DB",
        r#"breaker("db", window = 100)"#,
        r#"breaker("db", window = WINDOW)"#,
        r#"breaker("db", consecutive = 3)"#,
    ] {
        assert_eq!(known(unknown), None, "{unknown}");
    }
    for unknown in [r#"rate_limit = "api""#, "rate_limit = API", r#"rate_limit("1/s", key = tenant)"#] {
        assert_eq!(checks(&format!(r#"breaker("db", window = "5s"), {unknown}"#)), None, "{unknown}");
    }
}

#[test]
fn wrong_rate_limits() {
    expect![[r#"
        resilient(rate_limit)
          `rate_limit` needs a rate or a name, like `rate_limit = "100/s"`
            ^ rate_limit
        resilient(rate_limit())
          `rate_limit(..)` begins with a rate or a name; write `rate_limit("100/s", ..)`
            ^ rate_limit
        resilient(rate_limit(burst = 20))
          `rate_limit(..)` begins with a rate or a name; write `rate_limit("100/s", ..)`
            ^ rate_limit
        resilient(rate_limit = "")
          a rate limit's name cannot be empty; write one, like "api"
            ^ ""
        resilient(rate_limit = true)
          `true` is not a rate limit; write a rate, like "100/s", a name, like "api", or the path of a `static RateLimiter`
            ^ true
        resilient(rate_limit = &API)
          a rate limit is borrowed where it is used; write its path without `&`
            ^ &API
        resilient(rate_limit = Self::API)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(rate_limit("100/s", algorithm = "sliding"))
          unknown algorithm `sliding`; did you mean `sliding_window`?
            ^ "sliding"
        resilient(rate_limit("100/s", algorithm = "banana"))
          `banana` is not an algorithm for a rate; write "token_bucket" or "sliding_window"
            ^ "banana"
        resilient(rate_limit("100/s", algorithm = token_bucket))
          `token_bucket` is the name of an algorithm; write it in quotes: "token_bucket"
            ^ token_bucket
        resilient(rate_limit("100/s", burst = "20"))
          `"20"` is a string; write the number without quotes: `20`
            ^ "20"
        resilient(rate_limit("100/s", wait = 50))
          `50` has no unit; write a number and a unit, like "50s" or "50ms"
            ^ 50
        resilient(rate_limit("100/s", key = "tenant"))
          `"tenant"` is the same for every call; write an expression of the arguments, like `key = tenant`
            ^ "tenant"
        resilient(rate_limit("100/s", key = |tenant| tenant.id))
          this is evaluated where the arguments are known; write the expression without `|..|`
            ^ |tenant| tenant.id
        resilient(rate_limit("100/s", key))
          `key` needs an expression, like `key = tenant`
            ^ key
        resilient(rate_limit("100/s", max = 3))
          `max` is a setting of `retry`, `hedge` and `bulkhead`, not of `rate_limit`
            ^ max
        resilient(rate_limit("100/s", bursts = 3))
          unknown option `bursts`; did you mean `burst`?
            ^ bursts
        resilient(rate_limit("100/s", colour = 3))
          unknown option `colour`; `rate_limit(..)` takes `rate`, `burst`, `algorithm`, `wait`, `key`, `max_keys` and `lease`
            ^ colour
        resilient(rate_limiter = "100/s")
          unknown option `rate_limiter`; did you mean `rate_limit`?
            ^ rate_limiter
        resilient(rate_limit = "100/s", burst = 20)
          `burst` belongs in `rate_limit(..)`; write `rate_limit("100/s", burst = ..)`
            ^ burst
        resilient(rate_limit = "100/s", wait = "1s")
          `wait` belongs in `rate_limit(..)`; write `rate_limit("100/s", wait = ..)`
            ^ wait
        resilient(wait = "1s")
          `wait` belongs in `rate_limit(..)` or `bulkhead(..)`; write `rate_limit("100/s", wait = ..)`
            ^ wait
    "#]].assert_eq(&errors(&[
        "rate_limit",
        "rate_limit()",
        "rate_limit(burst = 20)",
        r#"rate_limit = """#,
        "rate_limit = true",
        "rate_limit = &API",
        "rate_limit = Self::API",
        r#"rate_limit("100/s", algorithm = "sliding")"#,
        r#"rate_limit("100/s", algorithm = "banana")"#,
        r#"rate_limit("100/s", algorithm = token_bucket)"#,
        r#"rate_limit("100/s", burst = "20")"#,
        r#"rate_limit("100/s", wait = 50)"#,
        r#"rate_limit("100/s", key = "tenant")"#,
        r#"rate_limit("100/s", key = |tenant| tenant.id)"#,
        r#"rate_limit("100/s", key)"#,
        r#"rate_limit("100/s", max = 3)"#,
        r#"rate_limit("100/s", bursts = 3)"#,
        r#"rate_limit("100/s", colour = 3)"#,
        r#"rate_limiter = "100/s""#,
        r#"rate_limit = "100/s", burst = 20"#,
        r#"rate_limit = "100/s", wait = "1s""#,
        r#"wait = "1s""#,
    ]));
}

#[test]
fn settings_that_a_rate_limit_does_not_use() {
    expect![[r#"
        resilient(rate_limit("api", burst = 20))
          `burst` needs `rate` beside it; add it, like `rate = "100/s"`
            ^ burst
        resilient(rate_limit("api", wait = "1s", max_keys = 10, key = tenant))
          `wait` and `max_keys` need `rate` beside it; add it, like `rate = "100/s"`
            ^ wait
        resilient(rate_limit("100/s", rate = "50/s"))
          `rate_limit(..)` begins with its `rate`; remove one of them
            ^ rate
        resilient(rate_limit("100/s", max_keys = 10))
          `max_keys` has no effect without `key`; add one, like `key = tenant`
            ^ max_keys
        resilient(rate_limit("100/s", burst = 20, algorithm = "sliding_window"))
          `burst` has no effect with `algorithm = "sliding_window"`, which lets the rate through at once; remove it
            ^ burst
        resilient(rate_limit("api", lease = 64))
          `lease` needs `rate` beside it; add it, like `rate = "100/s"`
            ^ lease
        resilient(rate_limit("100/s", lease = 64, algorithm = "sliding_window"))
          `lease` has no effect with `algorithm = "sliding_window"`, which asks for each call; remove it
            ^ lease
        resilient(rate_limit("100/s", lease = 64, key = tenant))
          `lease` has no effect with `key`, which has a bucket for each of its values; remove one of them
            ^ lease
        resilient(rate_limit(API, rate = "100/s", burst = 20, key = tenant))
          `rate` and `burst` belong to the `static`; set them there
            ^ rate
        resilient(rate_limit(API, max_keys = 10))
          `max_keys` belongs to the `static`; set it there
            ^ max_keys
    "#]]
    .assert_eq(&errors(&[
        r#"rate_limit("api", burst = 20)"#,
        r#"rate_limit("api", wait = "1s", max_keys = 10, key = tenant)"#,
        r#"rate_limit("100/s", rate = "50/s")"#,
        r#"rate_limit("100/s", max_keys = 10)"#,
        r#"rate_limit("100/s", burst = 20, algorithm = "sliding_window")"#,
        r#"rate_limit("api", lease = 64)"#,
        r#"rate_limit("100/s", lease = 64, algorithm = "sliding_window")"#,
        r#"rate_limit("100/s", lease = 64, key = tenant)"#,
        r#"rate_limit(API, rate = "100/s", burst = 20, key = tenant)"#,
        "rate_limit(API, max_keys = 10)",
    ]));
}
