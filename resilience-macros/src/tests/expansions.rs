//! What good attributes become.

use expect_test::expect;

use super::expansion;
use crate::args::Args;
use crate::check;
use crate::diag::Diagnostics;

#[test]
fn flat_keys() {
    expect![[r#"
        const _: () = P::check::timeout(P::secs(2)).hold();
        const _: () = P::check::deadline(P::secs(30)).hold();
        const _: () = P::check::timeout_below_deadline(P::secs(2), P::secs(30)).hold();
        const _: () = P::check::attempts(5).hold();
        const _: () = P::check::fits_deadline(
                &P::Backoff::exp_jitter(P::millis(100)),
                5,
                Some(P::secs(2)),
                P::secs(30),
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 5)
            .breaker(P::Guard::shared("db"))
            .timeout(P::secs(2))
            .deadline(P::secs(30));
    "#]]
    .assert_eq(&expansion(
        r#"retry = "exp_jitter", max = 5, breaker = "db", timeout = "2s", deadline = "30s""#,
    ));
}

#[test]
fn groups() {
    expect![[r#"
        const _: () = P::check::attempts(5).hold();
        const _: () = P::check::cap(P::millis(50), P::secs(2)).hold();
        const _: () = P::check::retry_after_max(P::secs(60)).hold();
        const _: () = P::check::factor(3.0).hold();
        const _: () = P::check::failure_rate(0.5).hold();
        const _: () = P::check::window_time(P::secs(30)).hold();
        const _: () = P::check::min_calls(20).hold();
        const _: () = P::check::open_for(P::secs(10)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(
                P::Backoff::exp(P::millis(50))
                    .cap(P::secs(2))
                    .factor(3.0)
                    .jitter(P::Jitter::Equal),
                5,
            )
            .retry_after_max(P::secs(60))
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new()
                        .failure_rate(0.5)
                        .window(P::Window::Time(P::secs(30)))
                        .min_calls(20)
                        .open_for(P::secs(10)),
                ),
            );
    "#]]
    .assert_eq(&expansion(
        r#"retry("exp", max = 5, base = "50ms", cap = "2s", factor = 3, retry_after_max = "1m", jitter = "equal"),
           breaker("db", failure_rate = "50%", window = "30s", min_calls = 20, open_for = "10s"),"#,
    ));
}

#[test]
fn const_expressions_are_written_once_and_read_by_name() {
    expect![[r#"
        const __RESILIENT_TIMEOUT: ::core::time::Duration = limits::ATTEMPT;
        const _: () = P::check::timeout(__RESILIENT_TIMEOUT).hold();
        const __RESILIENT_DEADLINE: ::core::time::Duration = limits::CALL;
        const _: () = P::check::deadline(__RESILIENT_DEADLINE).hold();
        const _: () = P::check::timeout_below_deadline(__RESILIENT_TIMEOUT, __RESILIENT_DEADLINE)
            .hold();
        const __RESILIENT_MAX: u32 = MAX;
        const _: () = P::check::attempts(__RESILIENT_MAX).hold();
        const __RESILIENT_BASE: ::core::time::Duration = Duration::from_millis(3 * BASE);
        const _: () = P::check::cap(__RESILIENT_BASE, P::secs(10)).hold();
        const __RESILIENT_JITTER: P::Jitter = Jitter::Full;
        const _: () = P::check::backoff(
                &P::Backoff::exp_jitter(P::millis(100)).jitter(__RESILIENT_JITTER),
            )
            .hold();
        const _: () = P::check::fits_deadline(
                &P::Backoff::linear(__RESILIENT_BASE).jitter(__RESILIENT_JITTER),
                __RESILIENT_MAX,
                Some(__RESILIENT_TIMEOUT),
                __RESILIENT_DEADLINE,
            )
            .hold();
        const __RESILIENT_FAILURE_RATE: f64 = 1.0 / 3.0;
        const _: () = P::check::failure_rate(__RESILIENT_FAILURE_RATE).hold();
        const __RESILIENT_WINDOW: P::Window = WINDOW;
        const _: () = P::check::config(&P::BreakerConfig::new().window(__RESILIENT_WINDOW))
            .hold();
        const __RESILIENT_MIN_CALLS: u32 = MIN;
        const _: () = P::check::min_calls(__RESILIENT_MIN_CALLS).hold();
        const _: () = P::check::min_calls_fit(__RESILIENT_MIN_CALLS, __RESILIENT_WINDOW).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(
                P::Backoff::linear(__RESILIENT_BASE).jitter(__RESILIENT_JITTER),
                __RESILIENT_MAX,
            )
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new()
                        .failure_rate(__RESILIENT_FAILURE_RATE)
                        .window(__RESILIENT_WINDOW)
                        .min_calls(__RESILIENT_MIN_CALLS),
                ),
            )
            .timeout(__RESILIENT_TIMEOUT)
            .deadline(__RESILIENT_DEADLINE);
    "#]]
    .assert_eq(&expansion(
        r#"retry = "linear", max = MAX, base = Duration::from_millis(3 * BASE), jitter = Jitter::Full,
           timeout = limits::ATTEMPT, deadline = limits::CALL,
           breaker("db", window = WINDOW, min_calls = MIN, failure_rate = 1.0 / 3.0)"#,
    ));
}

#[test]
fn a_span_needs_no_policy() {
    expect![[r#"
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .name("load user")
            .level(P::Level::DEBUG);
    "#]]
    .assert_eq(&expansion(r#"name = "load user", level = "debug", fields(user.id = %id, other)"#));
}

#[test]
fn levels_are_those_of_tracing() {
    let level = |level: &str| expansion(&format!("timeout = \"1s\", level = {level}"));
    for levels in
        [["\"trace\"", "\"TRACE\"", "1", "tracing::Level::TRACE"], ["\"error\"", "\"Error\"", "5", "ERROR"]]
    {
        let first = level(levels[0]);
        assert!(levels.iter().all(|other| level(other) == first));
    }
    // The default.
    assert_eq!(level("3"), expansion("timeout = \"1s\""));
}

#[test]
fn durations_take_their_largest_unit() {
    let duration = |text: &str| {
        let text = expansion(&format!("timeout = \"{text}\""));
        text.split(".timeout(").nth(1).and_then(|text| text.split(");").next()).unwrap().to_owned()
    };
    assert_eq!(duration("2m"), "P::secs(120)");
    assert_eq!(duration("1.5s"), "P::millis(1500)");
    assert_eq!(duration("100us"), "P::nanos(100000)");
    assert_eq!(duration("0s"), "P::secs(0)");
}

#[test]
fn parentheses_of_the_user_are_not_kept() {
    assert_eq!(expansion("retry, max = ((5))"), expansion("retry, max = 5"));
    expect![[r#"
        const __RESILIENT_MAX: u32 = MAX;
        const _: () = P::check::attempts(__RESILIENT_MAX).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), __RESILIENT_MAX);
    "#]]
    .assert_eq(&expansion("retry, max = (MAX)"));
}

#[test]
fn values_out_of_range_are_for_the_runtime_to_refuse() {
    expect![[r#"
        const _: () = P::check::attempts(0).hold();
        const _: () = P::check::factor(-0.5).hold();
        const _: () = P::check::jitter(1.5).hold();
        const _: () = P::check::failure_rate(-1.0).hold();
        const _: () = P::check::window_calls(0).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(
                P::Backoff::exp_jitter(P::millis(100))
                    .factor(-0.5)
                    .jitter(P::Jitter::Ratio(1.5)),
                0,
            )
            .breaker(
                P::Guard::named(
                    "db",
                    P::BreakerConfig::new().failure_rate(-1.0).window(P::Window::Calls(0)),
                ),
            );
    "#]]
    .assert_eq(&expansion(
        r#"retry, max = 0, factor = -0.5, jitter = "150%", breaker("db", failure_rate = -1.0, window = 0)"#,
    ));
}

#[test]
fn a_renamed_runtime_is_used_everywhere() {
    expect![[r#"
        const _: () = P::check::attempts(5).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::exp_jitter(P::millis(100)), 5)
            .level(P::Level::WARN);
    "#]]
    .assert_eq(&expansion(r#"retry, max = 5, level = "warn", crate = my::runtime"#));
}

fn parsed(attribute: &str) -> Args {
    let mut diagnostics = Diagnostics::default();
    let args = check::read(attribute.parse().unwrap(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{attribute}: {:?}", diagnostics.errors());
    args
}

#[test]
fn knows_whether_the_body_may_run_again() {
    for again in
        ["retry", "retry, max = 2", "retry, max = MAX", "retry, max = \"deadline\", deadline = \"1s\""]
    {
        assert!(parsed(again).reruns_body(), "{again}");
    }
    for once in [
        "timeout = \"1s\"",
        "retry = \"none\"",
        "retry, max = 1",
        "breaker = \"db\", when = f",
        "rate_limit = API, bulkhead = 10, throttle",
    ] {
        assert!(!parsed(once).reruns_body(), "{once}");
    }
}

#[test]
fn knows_which_policy_rejects() {
    let rejects = |attribute: &str| parsed(attribute).rejects().map(ToString::to_string);
    assert_eq!(rejects("deadline = \"3s\", timeout = \"1s\", breaker = \"db\"").as_deref(), Some("breaker"));
    assert_eq!(rejects("deadline = \"3s\", timeout = \"1s\"").as_deref(), Some("timeout"));
    assert_eq!(rejects("deadline = \"3s\"").as_deref(), Some("deadline"));
    for policy in ["rate_limit = API", "bulkhead = 10", "throttle"] {
        let key = policy.split(' ').next();
        assert_eq!(rejects(&format!("{policy}, deadline = \"1s\", timeout = \"1s\"")).as_deref(), key);
    }
    assert_eq!(rejects("retry, budget, fallback = f"), None);
}

#[test]
fn functions_are_passed_on_as_they_are() {
    let args = parsed(
        "retry(when = |error: &E| error.is_timeout(), when_ok = Self::is_empty), fallback = async |id| cached(id),
         timeout = \"1s\", map_rejected = LoadError::Rejected, fields(a = ?b)",
    );
    let text = |callable: Option<_>| quote::quote!(#callable).to_string();
    assert_eq!(text(args.when), "| error : & E | error . is_timeout ()");
    assert_eq!(text(args.when_ok), "Self :: is_empty");
    let fallback = args.fallback.unwrap().answers;
    assert_eq!(quote::quote!(#(#fallback),*).to_string(), "async | id | cached (id)");
    assert_eq!(text(args.map_rejected), "LoadError :: Rejected");
    assert_eq!(args.fields.unwrap().to_string(), "a = ? b");
}
