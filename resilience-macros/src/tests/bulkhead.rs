//! What attributes with `bulkhead` become, and what is said about wrong ones.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn a_bulkhead_of_the_functions_own() {
    expect![[r#"
        const _: () = P::check::bulkhead_max(10).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(P::Source::own(P::BulkheadConfig::new(10)));
    "#]]
    .assert_eq(&expansion("bulkhead = 10"));
    assert_eq!(expansion("bulkhead(10)"), expansion("bulkhead = 10"));
    assert_eq!(expansion("bulkhead(max = 10)"), expansion("bulkhead = 10"));
    expect![[r#"
        const _: () = P::check::deadline(P::secs(1)).hold();
        const _: () = P::check::bulkhead_max(10).hold();
        const _: () = P::check::queue_fits(20, P::millis(100)).hold();
        const _: () = P::check::priority_needs_queue(20, P::millis(100)).hold();
        const _: () = P::check::bulkhead_wait(P::millis(100), P::secs(1)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(P::Source::own(P::BulkheadConfig::new(10).queue(20).wait(P::millis(100))))
            .deadline(P::secs(1));
    "#]]
    .assert_eq(&expansion(
        r#"bulkhead(10, queue = 20, wait = "100ms", priority = request.priority), deadline = "1s""#,
    ));
}

#[test]
fn a_bulkhead_with_a_name() {
    expect![[r#"
        const _: () = P::check::bulkhead_max(10).hold();
        const __RESILIENT_BULKHEAD_WAIT: ::core::time::Duration = WAIT;
        const _: () = P::check::queue_fits(5, __RESILIENT_BULKHEAD_WAIT).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(
                P::Source::named(
                    "db",
                    P::BulkheadConfig::new(10).queue(5).wait(__RESILIENT_BULKHEAD_WAIT),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"bulkhead("db", max = 10, queue = 5, wait = WAIT)"#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty().bulkhead(P::Source::shared("db"));
    "#]]
    .assert_eq(&expansion(r#"bulkhead = "db""#));
    assert_eq!(expansion(r#"bulkhead("db")"#), expansion(r#"bulkhead = "db""#));
    assert_eq!(expansion(r#"bulkhead("db", priority = 3)"#), expansion(r#"bulkhead = "db""#));
}

#[test]
fn a_bulkhead_in_a_static() {
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead({
                static __RESILIENT_POLICY: &P::Bulkhead = &POOL;
                P::Source::to(__RESILIENT_POLICY)
            });
    "#]]
    .assert_eq(&expansion("bulkhead = POOL"));
    assert_eq!(expansion("bulkhead(POOL, priority = -1)"), expansion("bulkhead = POOL"));
}

#[test]
fn a_bulkhead_of_const_expressions() {
    expect![[r#"
        const __RESILIENT_MAX: u32 = MAX;
        const _: () = P::check::attempts(__RESILIENT_MAX).hold();
        const __RESILIENT_BULKHEAD_MAX: u32 = limits::MAX;
        const _: () = P::check::bulkhead_max(__RESILIENT_BULKHEAD_MAX).hold();
        const __RESILIENT_BULKHEAD_QUEUE: u32 = QUEUE;
        const __RESILIENT_BULKHEAD_WAIT: ::core::time::Duration = WAIT;
        const _: () = P::check::queue_fits(__RESILIENT_BULKHEAD_QUEUE, __RESILIENT_BULKHEAD_WAIT)
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), __RESILIENT_MAX)
            .bulkhead(
                P::Source::own(
                    P::BulkheadConfig::new(__RESILIENT_BULKHEAD_MAX)
                        .queue(__RESILIENT_BULKHEAD_QUEUE)
                        .wait(__RESILIENT_BULKHEAD_WAIT),
                ),
            );
    "#]]
    .assert_eq(&expansion("retry, max = MAX, bulkhead(max = limits::MAX, queue = QUEUE, wait = WAIT)"));
    expect![[r#"
        const __RESILIENT_BULKHEAD: u32 = 2 * CORES;
        const _: () = P::check::bulkhead_max(__RESILIENT_BULKHEAD).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(P::Source::own(P::BulkheadConfig::new(__RESILIENT_BULKHEAD)));
    "#]]
    .assert_eq(&expansion("bulkhead = 2 * CORES"));
}

#[test]
fn an_adaptive_bulkhead() {
    expect![[r#"
        const _: () = P::check::bulkhead_max(50).hold();
        const _: () = P::check::adaptive_min(2).hold();
        const _: () = P::check::adaptive_bounds(2, 50).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(
                P::Source::own(
                    P::BulkheadConfig::new(50).adaptive(P::Adaptive::aimd().min(2).max(50)),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"bulkhead("adaptive", algorithm = "aimd", min = 2, max = 50)"#));
    expect![[r#"
        const _: () = P::check::bulkhead_max(50).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(
                P::Source::own(
                    P::BulkheadConfig::new(50).adaptive(P::Adaptive::gradient().max(50)),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"bulkhead("adaptive", max = 50)"#));
    expect![[r#"
        const __RESILIENT_BULKHEAD_MAX: u32 = MAX;
        const _: () = P::check::bulkhead_max(__RESILIENT_BULKHEAD_MAX).hold();
        const _: () = P::check::queue_fits(5, P::secs(1)).hold();
        const __RESILIENT_BULKHEAD_MIN: u32 = MIN;
        const _: () = P::check::adaptive_min(__RESILIENT_BULKHEAD_MIN).hold();
        const _: () = P::check::adaptive_bounds(
                __RESILIENT_BULKHEAD_MIN,
                __RESILIENT_BULKHEAD_MAX,
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .bulkhead(
                P::Source::named(
                    "db",
                    P::BulkheadConfig::new(__RESILIENT_BULKHEAD_MAX)
                        .queue(5)
                        .wait(P::secs(1))
                        .adaptive(
                            P::Adaptive::gradient()
                                .min(__RESILIENT_BULKHEAD_MIN)
                                .max(__RESILIENT_BULKHEAD_MAX),
                        ),
                ),
            );
    "#]]
    .assert_eq(&expansion(
        r#"bulkhead("db", adaptive = "gradient", min = MIN, max = MAX, queue = 5, wait = "1s")"#,
    ));
    assert_eq!(
        expansion(r#"bulkhead(50, adaptive = "gradient")"#),
        expansion(r#"bulkhead("adaptive", max = 50)"#)
    );
}

#[test]
fn a_wait_without_a_queue_is_for_the_runtime_to_refuse() {
    assert!(expansion(r#"bulkhead(10, wait = "1s")"#).contains("P::check::queue_fits(0, P::secs(1))"));
    assert!(expansion("bulkhead(10, queue = 20)").contains("P::check::queue_fits(20, P::secs(0))"));
}

// Q1, Q2
#[test]
fn wrong_bulkheads() {
    expect![[r#"
        resilient(bulkhead)
          `bulkhead` needs a number or a name, like `bulkhead = 10`
            ^ bulkhead
        resilient(bulkhead())
          `bulkhead(..)` begins with a number or a name; write `bulkhead(10, ..)`
            ^ bulkhead
        resilient(bulkhead(queue = 20))
          `bulkhead(..)` begins with a number or a name; write `bulkhead(10, ..)`
            ^ bulkhead
        resilient(bulkhead = "")
          a bulkhead's name cannot be empty; write one, like "db"
            ^ ""
        resilient(bulkhead = -1)
          `-1` is not a count; write a whole number, like 3
            ^ -1
        resilient(bulkhead = 1.5)
          `1.5` is not a count; write a whole number, like 3
            ^ 1.5
        resilient(bulkhead = "10")
          `"10"` is a string; write the number without quotes: `10`
            ^ "10"
        resilient(bulkhead = true)
          `true` is not a bulkhead; write a number of calls, like 10, a name, like "db", or the path of a `static Bulkhead`
            ^ true
        resilient(bulkhead = &POOL)
          a bulkhead is borrowed where it is used; write its path without `&`
            ^ &POOL
        resilient(bulkhead = 5000000000)
          `5000000000` is too large; write at most 4294967295
            ^ 5000000000
        resilient(bulkhead(10, queue = -1))
          `-1` is not a count; write a whole number, like 3
            ^ -1
        resilient(bulkhead(10, queue = 5, wait = 1))
          `1` has no unit; write a number and a unit, like "1s" or "1ms"
            ^ 1
        resilient(bulkhead("db", max = "10"))
          `"10"` is a string; write the number without quotes: `10`
            ^ "10"
        resilient(bulkhead("adaptive", max = 50, algorithm = "vegas"))
          `vegas` is not an algorithm for an adaptive bulkhead; write "aimd" or "gradient"
            ^ "vegas"
        resilient(bulkhead("adaptive", max = 50, algorithm = "gradiant"))
          unknown algorithm `gradiant`; did you mean `gradient`?
            ^ "gradiant"
        resilient(bulkhead("db", max = 50, adaptive = aimd))
          `aimd` is the name of an algorithm; write it in quotes: "aimd"
            ^ aimd
        resilient(bulkhead(10, queue = 20, priority = |request| 3))
          this is evaluated where the arguments are known; write the expression without `|..|`
            ^ |request| 3
        resilient(bulkhead(10, attempts = 20))
          unknown option `attempts`; did you mean `max`?
            ^ attempts
        resilient(bulkhead(10, rate = 20))
          `rate` is a setting of `rate_limit`, not of `bulkhead`
            ^ rate
        resilient(concurrency = 10)
          unknown option `concurrency`; did you mean `bulkhead`?
            ^ concurrency
        resilient(bulkhead = 10, wait = "1s")
          `wait` belongs in `bulkhead(..)`; write `bulkhead(10, wait = ..)`
            ^ wait
    "#]].assert_eq(&errors(&[
        "bulkhead",
        "bulkhead()",
        "bulkhead(queue = 20)",
        r#"bulkhead = """#,
        "bulkhead = -1",
        "bulkhead = 1.5",
        r#"bulkhead = "10""#,
        "bulkhead = true",
        "bulkhead = &POOL",
        "bulkhead = 5000000000",
        "bulkhead(10, queue = -1)",
        "bulkhead(10, queue = 5, wait = 1)",
        r#"bulkhead("db", max = "10")"#,
        r#"bulkhead("adaptive", max = 50, algorithm = "vegas")"#,
        r#"bulkhead("adaptive", max = 50, algorithm = "gradiant")"#,
        r#"bulkhead("db", max = 50, adaptive = aimd)"#,
        "bulkhead(10, queue = 20, priority = |request| 3)",
        "bulkhead(10, attempts = 20)",
        "bulkhead(10, rate = 20)",
        "concurrency = 10",
        r#"bulkhead = 10, wait = "1s""#,
    ]));
}

#[test]
fn settings_that_a_bulkhead_does_not_use() {
    expect![[r#"
        resilient(bulkhead("db", queue = 20))
          `queue` needs `max` beside it; add it, like `max = 10`
            ^ queue
        resilient(bulkhead("db", adaptive = "aimd", min = 3))
          `adaptive` and `min` need `max` beside it; add it, like `max = 10`
            ^ adaptive
        resilient(bulkhead(10, max = 20))
          `bulkhead(..)` begins with its `max`; remove one of them
            ^ max
        resilient(bulkhead(10, min = 2))
          `min` has no effect without `adaptive`; add it, like `adaptive = "gradient"`
            ^ min
        resilient(bulkhead("adaptive"))
          an adaptive bulkhead needs to know how far its limit may rise; add `max`, like `max = 50`
            ^ "adaptive"
        resilient(bulkhead("adaptive", max = 50, adaptive = "aimd"))
          `adaptive` has no effect in `bulkhead("adaptive", ..)`; write `algorithm`
            ^ adaptive
        resilient(bulkhead("db", max = 50, algorithm = "aimd"))
          `algorithm` has no effect outside of `bulkhead("adaptive", ..)`; write `adaptive`
            ^ algorithm
        resilient(bulkhead(10, priority = 3))
          `priority` has no effect without `queue`, where calls wait; add one, like `queue = 20`
            ^ priority
        resilient(bulkhead("adaptive", max = 10, priority = 3))
          `priority` has no effect without `queue`, where calls wait; add one, like `queue = 20`
            ^ priority
        resilient(bulkhead(POOL, max = 10, queue = 20, priority = 3))
          `max` and `queue` belong to the `static`; set them there
            ^ max
        resilient(bulkhead(POOL, wait = "1s"))
          `wait` belongs to the `static`; set it there
            ^ wait
        resilient(bulkhead = 10, when = f)
          `when` has no effect without `retry`, `breaker` or `throttle`; add one of them
            ^ when
    "#]]
    .assert_eq(&errors(&[
        r#"bulkhead("db", queue = 20)"#,
        r#"bulkhead("db", adaptive = "aimd", min = 3)"#,
        "bulkhead(10, max = 20)",
        "bulkhead(10, min = 2)",
        r#"bulkhead("adaptive")"#,
        r#"bulkhead("adaptive", max = 50, adaptive = "aimd")"#,
        r#"bulkhead("db", max = 50, algorithm = "aimd")"#,
        "bulkhead(10, priority = 3)",
        r#"bulkhead("adaptive", max = 10, priority = 3)"#,
        "bulkhead(POOL, max = 10, queue = 20, priority = 3)",
        "bulkhead(POOL, wait = \"1s\")",
        "bulkhead = 10, when = f",
    ]));
    for bulkhead in ["bulkhead = POOL", r#"bulkhead = "db""#, r#"bulkhead("adaptive", max = 10)"#] {
        expansion(&format!("{bulkhead}, when = f"));
    }
}
