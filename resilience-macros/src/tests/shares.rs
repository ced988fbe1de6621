//! What attributes with `budget` and `throttle` become, and what is said about wrong ones.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn a_budget_of_the_functions_own() {
    expect![[r#"
        const _: () = P::check::budget_ratio(0.125).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(P::Source::own(P::BudgetConfig::new().ratio(0.125)));
    "#]]
    .assert_eq(&expansion(r#"retry, budget = "12.5%""#));
    for same in [
        r#"retry("exp_jitter", budget = "12.5%")"#,
        r#"budget = 0.125, retry"#,
        r#"retry, budget("12.5%")"#,
        r#"retry, budget(ratio = "12.5%")"#,
        r#"retry(budget("12.5%"))"#,
        r#"retry("exp_jitter", budget(ratio = 0.125))"#,
    ] {
        assert_eq!(expansion(same), expansion(r#"retry, budget = "12.5%""#), "{same}");
    }
    expect![[r#"
        const _: () = P::check::budget_ratio(0.1).hold();
        const _: () = P::check::budget_floor(5).hold();
        const _: () = P::check::budget_window(P::secs(30)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(
                P::Source::own(P::BudgetConfig::new().ratio(0.1).floor(5).window(P::secs(30))),
            );
    "#]]
    .assert_eq(&expansion(r#"retry, budget("10%", floor = 5, window = "30s")"#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(P::Source::own(P::BudgetConfig::new()));
    "#]]
    .assert_eq(&expansion("retry, budget"));
}

#[test]
fn a_budget_with_a_name_and_one_in_a_static() {
    expect![[r#"
        const _: () = P::check::budget_ratio(0.2).hold();
        const _: () = P::check::budget_floor(3).hold();
        const _: () = P::check::budget_window(P::secs(10)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(
                P::Source::named(
                    "db",
                    P::BudgetConfig::new().ratio(0.2).floor(3).window(P::secs(10)),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"retry, budget("db", ratio = "20%", floor = 3, window = "10s")"#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(P::Source::shared("db"));
    "#]]
    .assert_eq(&expansion(r#"retry, budget = "db""#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget({
                static __RESILIENT_POLICY: &P::RetryBudget = &DB;
                P::Source::to(__RESILIENT_POLICY)
            });
    "#]]
    .assert_eq(&expansion("retry, budget = DB"));
    assert_eq!(expansion("retry(budget(DB))"), expansion("retry, budget = DB"));
}

#[test]
fn a_budget_of_const_expressions() {
    expect![[r#"
        const __RESILIENT_BUDGET_RATIO: f64 = SHARE;
        const _: () = P::check::budget_ratio(__RESILIENT_BUDGET_RATIO).hold();
        const __RESILIENT_BUDGET_FLOOR: u32 = FLOOR;
        const _: () = P::check::budget_floor(__RESILIENT_BUDGET_FLOOR).hold();
        const __RESILIENT_BUDGET_WINDOW: ::core::time::Duration = WINDOW;
        const _: () = P::check::budget_window(__RESILIENT_BUDGET_WINDOW).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(
                P::Source::own(
                    P::BudgetConfig::new()
                        .ratio(__RESILIENT_BUDGET_RATIO)
                        .floor(__RESILIENT_BUDGET_FLOOR)
                        .window(__RESILIENT_BUDGET_WINDOW),
                ),
            );
    "#]]
    .assert_eq(&expansion("retry, budget(ratio = SHARE, floor = FLOOR, window = WINDOW)"));
    expect![[r#"
        const __RESILIENT_BUDGET: f64 = 1.0 / 3.0;
        const _: () = P::check::budget_ratio(__RESILIENT_BUDGET).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 3)
            .budget(P::Source::own(P::BudgetConfig::new().ratio(__RESILIENT_BUDGET)));
    "#]]
    .assert_eq(&expansion("retry, budget = 1.0 / 3.0"));
}

// Q3
#[test]
fn wrong_budgets() {
    expect![[r#"
        resilient(retry, budget = 20)
          `20` is not a ratio; write "20%" or a share of 1.0, like 0.5
            ^ 20
        resilient(retry, budget = 20%)
          `20%` needs quotes; write "20%"
            ^ 20%
        resilient(retry, budget(20%, floor = 3))
          `20%` needs quotes; write "20%"
            ^ 20%
        resilient(retry, budget = "20")
          `20` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ "20"
        resilient(retry, budget = "-1 %%")
          `-1 %%` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ "-1 %%"
        resilient(retry, budget = "")
          a budget's name cannot be empty; write one, like "db"
            ^ ""
        resilient(retry, budget = -1)
          `-1` is not a ratio; write a percentage like "50%", or a share like 0.5
            ^ -1
        resilient(retry, budget = true)
          `true` is not a budget; write a ratio, like "20%", a name, like "db", or the path of a `static RetryBudget`
            ^ true
        resilient(retry, budget = &DB)
          a budget is borrowed where it is used; write its path without `&`
            ^ &DB
        resilient(retry, budget = Self::DB)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(retry, budget("db", floor = -1))
          `-1` is not a count; write a whole number, like 3
            ^ -1
        resilient(retry, budget("db", window = 100))
          `100` has no unit; write a number and a unit, like "100s" or "100ms"
            ^ 100
        resilient(retry, budget("db", share = 0.1))
          unknown option `share`; `budget(..)` takes `ratio`, `floor` and `window`
            ^ share
        resilient(retry_budget = "20%")
          unknown option `retry_budget`; did you mean `budget`?
            ^ retry_budget
        resilient(retry, ratio = 0.1)
          `ratio` belongs in `budget(..)`; write `budget(ratio = ..)`
            ^ ratio
        resilient(retry(floor = 3))
          `floor` is a setting of `budget`, not of `retry`
            ^ floor
        resilient(breaker("db", budget = "20%"))
          `budget` does not belong in `breaker(..)`; write it beside `breaker`
            ^ budget
    "#]].assert_eq(&errors(&[
        "retry, budget = 20",
        "retry, budget = 20%",
        "retry, budget(20%, floor = 3)",
        r#"retry, budget = "20""#,
        r#"retry, budget = "-1 %%""#,
        r#"retry, budget = """#,
        "retry, budget = -1",
        "retry, budget = true",
        "retry, budget = &DB",
        "retry, budget = Self::DB",
        r#"retry, budget("db", floor = -1)"#,
        r#"retry, budget("db", window = 100)"#,
        r#"retry, budget("db", share = 0.1)"#,
        r#"retry_budget = "20%""#,
        "retry, ratio = 0.1",
        "retry(floor = 3)",
        r#"breaker("db", budget = "20%")"#,
    ]));
}

#[test]
fn a_budget_without_retries() {
    expect![[r#"
        resilient(budget = "20%")
          `budget` has no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ budget
        resilient(budget = "20%", max = 3, breaker = "db")
          `budget` and `max` have no effect without `retry`; add one, like `retry = "exp_jitter"`
            ^ budget
        resilient(retry = "none", budget = "20%")
          `budget` has no effect with `retry = "none"`; remove it, or choose another strategy
            ^ budget
        resilient(retry("none", max = 1, budget("db", floor = 3)))
          `max` and `budget` have no effect with `retry = "none"`; remove them, or choose another strategy
            ^ max
        resilient(retry, max = 1, budget = "20%")
          `budget` has no effect with `max = 1`, which leaves no retry; remove it, or raise `max`
            ^ budget
    "#]]
    .assert_eq(&errors(&[
        r#"budget = "20%""#,
        r#"budget = "20%", max = 3, breaker = "db""#,
        r#"retry = "none", budget = "20%""#,
        r#"retry("none", max = 1, budget("db", floor = 3))"#,
        r#"retry, max = 1, budget = "20%""#,
    ]));
    expansion(r#"retry, max = "deadline", deadline = "1s", budget = "20%""#);
    expansion(r#"retry, max = MAX, budget = "20%""#);
}

#[test]
fn budgets_written_twice() {
    expect![[r#"
        resilient(retry("exp", budget = "20%"), budget = "10%")
          `budget` is written both in `retry(..)` and beside it; remove one
            ^ budget
          `budget` is also written here
            ^ budget
        resilient(budget = "10%", retry("exp", budget = "20%"))
          `budget` is written both in `retry(..)` and beside it; remove one
            ^ budget
          `budget` is also written here
            ^ budget
        resilient(retry("exp", budget = "20%", budget = "10%"))
          `budget` is written twice; remove one
            ^ budget
        resilient(retry, budget("20%", ratio = "10%"))
          `budget(..)` begins with its `ratio`; remove one of them
            ^ ratio
        resilient(retry, budget(DB, ratio = "10%", floor = 3))
          `ratio` and `floor` belong to the `static`; set them there
            ^ ratio
        resilient(retry, budget(DB, window = "1m"))
          `window` belongs to the `static`; set it there
            ^ window
    "#]]
    .assert_eq(&errors(&[
        r#"retry("exp", budget = "20%"), budget = "10%""#,
        r#"budget = "10%", retry("exp", budget = "20%")"#,
        r#"retry("exp", budget = "20%", budget = "10%")"#,
        r#"retry, budget("20%", ratio = "10%")"#,
        r#"retry, budget(DB, ratio = "10%", floor = 3)"#,
        r#"retry, budget(DB, window = "1m")"#,
    ]));
}

#[test]
fn throttles() {
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .throttle(P::Source::own(P::ThrottleConfig::new()));
    "#]]
    .assert_eq(&expansion("throttle"));
    assert_eq!(expansion("throttle()"), expansion("throttle"));
    expect![[r#"
        const _: () = P::check::throttle_k(1.5).hold();
        const __RESILIENT_THROTTLE_WINDOW: ::core::time::Duration = WINDOW;
        const _: () = P::check::throttle_window(__RESILIENT_THROTTLE_WINDOW).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .throttle(
                P::Source::own(
                    P::ThrottleConfig::new().k(1.5).window(__RESILIENT_THROTTLE_WINDOW),
                ),
            );
    "#]]
    .assert_eq(&expansion(r#"throttle(k = 1.5, window = WINDOW)"#));
    expect![[r#"
        const _: () = P::check::throttle_k(2.0).hold();
        const _: () = P::check::throttle_window(P::secs(120)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .throttle(
                P::Source::named("db", P::ThrottleConfig::new().k(2.0).window(P::secs(120))),
            );
    "#]]
    .assert_eq(&expansion(r#"throttle("db", k = 2, window = "2m")"#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty().throttle(P::Source::shared("db"));
    "#]]
    .assert_eq(&expansion(r#"throttle = "db""#));
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .throttle({
                static __RESILIENT_POLICY: &P::Throttle = &crate::DB;
                P::Source::to(__RESILIENT_POLICY)
            });
    "#]]
    .assert_eq(&expansion("throttle = crate::DB"));
}

#[test]
fn wrong_throttles() {
    expect![[r#"
        resilient(throttle = 2.0)
          `2.0` is not a throttle; a number is its `k`: write `throttle(k = 2.0)`
            ^ 2.0
        resilient(throttle = "2.0")
          `2.0` is not a throttle; a number is its `k`: write `throttle(k = 2.0)`
            ^ "2.0"
        resilient(throttle = -1)
          `-1` is not a throttle; a number is its `k`: write `throttle(k = -1)`
            ^ -1
        resilient(throttle = "")
          a throttle's name cannot be empty; write one, like "db"
            ^ ""
        resilient(throttle = true)
          `true` is not a throttle; write a name, like "db", the path of a `static Throttle`, or `throttle` alone
            ^ true
        resilient(throttle = &DB)
          a throttle is borrowed where it is used; write its path without `&`
            ^ &DB
        resilient(throttle = Throttle::new("db"))
          expected a throttle; write a name, like "db", the path of a `static Throttle`, or `throttle` alone
            ^ Throttle::new("db")
        resilient(throttle("db", k = "2"))
          `"2"` is a string; write the number without quotes: `2`
            ^ "2"
        resilient(throttle(window = 100))
          `100` has no unit; write a number and a unit, like "100s" or "100ms"
            ^ 100
        resilient(throttle(DB, k = 2.0))
          `k` belongs to the `static`; set it there
            ^ k
        resilient(throttle(ratio = 2.0))
          `ratio` is a setting of `budget`, not of `throttle`
            ^ ratio
        resilient(throtle)
          unknown option `throtle`; did you mean `throttle`?
            ^ throtle
        resilient(throttle, k = 2.0)
          `k` belongs in `throttle(..)`; write `throttle(k = ..)`
            ^ k
        resilient(throttle, window = "1m")
          `window` belongs in `throttle(..)`; write `throttle(window = ..)`
            ^ window
        resilient(window = "1m")
          `window` belongs in `breaker(..)`, `budget(..)` or `throttle(..)`; write `breaker("db", window = ..)`
            ^ window
        resilient(k = 2.0)
          `k` belongs in `throttle(..)`; write `throttle("db", k = ..)`
            ^ k
    "#]].assert_eq(&errors(&[
        "throttle = 2.0",
        r#"throttle = "2.0""#,
        "throttle = -1",
        r#"throttle = """#,
        "throttle = true",
        "throttle = &DB",
        r#"throttle = Throttle::new("db")"#,
        r#"throttle("db", k = "2")"#,
        "throttle(window = 100)",
        "throttle(DB, k = 2.0)",
        "throttle(ratio = 2.0)",
        "throtle",
        "throttle, k = 2.0",
        "throttle, window = \"1m\"",
        "window = \"1m\"",
        "k = 2.0",
    ]));
}

#[test]
fn a_throttle_asks_how_outcomes_are_classified() {
    expansion("throttle, when = f, when_ok = g");
    expansion(r#"retry = "none", throttle, when = f"#);
}

#[test]
fn settings_of_one_name_have_constants_of_their_own() {
    let text = expansion(
        r#"retry, max = A, bulkhead(max = B, queue = 5, wait = C), rate_limit("1/s", wait = D),
           breaker("db", window = E), budget(window = F), throttle(window = G)"#,
    );
    let names = text.lines().filter_map(|line| line.strip_prefix("const __")?.split(':').next());
    let mut names = names.collect::<Vec<_>>();
    names.sort_unstable();
    expect!["RESILIENT_BUDGET_WINDOW RESILIENT_BULKHEAD_MAX RESILIENT_BULKHEAD_WAIT RESILIENT_MAX RESILIENT_RATE_LIMIT_WAIT RESILIENT_THROTTLE_WINDOW RESILIENT_WINDOW"].assert_eq(&names.join(" "));
}
