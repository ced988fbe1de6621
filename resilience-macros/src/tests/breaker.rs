//! What a `breaker` becomes.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn every_setting_of_the_breaker() {
    expect![[r#"
        const _: () = P::check::timeout(P::nanos(1500000)).hold();
        const _: () = P::check::failure_rate(0.25).hold();
        const _: () = P::check::failures(7).hold();
        const _: () = P::check::consecutive(3).hold();
        const _: () = P::check::slow_rate(0.125).hold();
        const _: () = P::check::slow_call(P::secs(2)).hold();
        const _: () = P::check::window_calls(100).hold();
        const _: () = P::check::min_calls(20).hold();
        const _: () = P::check::open_for(P::secs(60)).hold();
        const _: () = P::check::open_growth(1.5).hold();
        const _: () = P::check::probes(4).hold();
        const _: () = P::check::successes(2).hold();
        const _: () = P::check::probe_timeout(P::secs(86400)).hold();
        const _: () = P::check::min_calls_fit(20, P::Window::Calls(100)).hold();
        const _: () = P::check::failures_fit(7, P::Window::Calls(100)).hold();
        const _: () = P::check::open_max(P::secs(3600), P::secs(60)).hold();
        const _: () = P::check::successes_fit(2, 4).hold();
        const _: () = P::check::slow_call_below_timeout(P::secs(2), P::nanos(1500000)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new()
                        .failure_rate(0.25)
                        .failures(7)
                        .consecutive(3)
                        .slow_rate(0.125)
                        .slow_call(P::secs(2))
                        .window(P::Window::Calls(100))
                        .min_calls(20)
                        .open_for(P::secs(60))
                        .open_growth(1.5)
                        .probes(4)
                        .successes(2)
                        .probe_timeout(P::secs(86400))
                        .open_max(P::secs(3600)),
                ),
            )
            .timeout(P::nanos(1500000));
    "#]].assert_eq(&expansion(
        r#"timeout = "1500us",
           breaker("db", failure_rate = 0.25, failures = 7, consecutive = 3, slow_rate = "12.5%", slow_call = "2s", window = 100,
                   min_calls = 20, open_for = "1m", open_growth = 1.5, open_max = "1h", probes = 4, successes = 2,
                   probe_timeout = "1d")"#,
    ));
}

#[test]
fn a_time_window_has_to_see_timeouts() {
    expect![[r#"
        const _: () = P::check::timeout(P::secs(2)).hold();
        const _: () = P::check::window_time(P::secs(3)).hold();
        const _: () = P::check::min_calls(2).hold();
        const _: () = P::check::window_sees_timeouts(P::secs(3), P::secs(2)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new().window(P::Window::Time(P::secs(3))).min_calls(2),
                ),
            )
            .timeout(P::secs(2));
    "#]]
    .assert_eq(&expansion(r#"timeout = "2s", breaker("db", window = "3s", min_calls = 2)"#));
}

#[test]
fn a_static_breaker_is_borrowed() {
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .breaker({
                static __RESILIENT_POLICY: &P::Breaker = &crate::DB;
                P::Guard::to(__RESILIENT_POLICY)
            });
    "#]]
    .assert_eq(&expansion("breaker = crate::DB"));
    assert_eq!(expansion("breaker(crate::DB)"), expansion("breaker = crate::DB"));
}

#[test]
fn wrong_windows() {
    expect![[r#"
        resilient(breaker("db", window = "100"))
          `100` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ "100"
        resilient(breaker("db", window = "long"))
          `long` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ "long"
        resilient(breaker("db", window = -5))
          `-5` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ -5
        resilient(breaker("db", window = -"30s"))
          `-30s` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ -"30s"
        resilient(breaker("db", window = 5u64))
          `5u64` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ 5u64
        resilient(breaker("db", window = 1.5))
          `1.5` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ 1.5
        resilient(breaker("db", window = 30s))
          `30s` needs quotes; write "30s"
            ^ 30s
        resilient(breaker("db", window = 1.5s))
          `1.5s` needs quotes; write "1.5s"
            ^ 1.5s
        resilient(breaker("db", window = "30 sec"))
          `30 sec` is not a duration; write "30s"
            ^ "30 sec"
        resilient(breaker("db", window = true))
          `true` is not a window; write a count of calls, like 100, or a time, like "30s"
            ^ true
    "#]]
    .assert_eq(&errors(&[
        r#"breaker("db", window = "100")"#,
        r#"breaker("db", window = "long")"#,
        r#"breaker("db", window = -5)"#,
        r#"breaker("db", window = -"30s")"#,
        r#"breaker("db", window = 5u64)"#,
        r#"breaker("db", window = 1.5)"#,
        r#"breaker("db", window = 30s)"#,
        r#"breaker("db", window = 1.5s)"#,
        r#"breaker("db", window = "30 sec")"#,
        r#"breaker("db", window = true)"#,
    ]));
}
