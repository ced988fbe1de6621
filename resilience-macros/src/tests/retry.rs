//! What a `retry` becomes.

use expect_test::expect;

use super::expansion;

#[test]
fn strategies_of_the_users_own() {
    expect![[r#"
        const _: () = P::check::deadline(P::secs(3)).hold();
        const __RESILIENT_RETRY: P::Backoff = BACKOFF;
        const _: () = P::check::backoff(&__RESILIENT_RETRY).hold();
        const _: () = P::check::attempts(5).hold();
        const _: () = P::check::fits_deadline(&__RESILIENT_RETRY, 5, None, P::secs(3)).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(__RESILIENT_RETRY, 5)
            .deadline(P::secs(3));
    "#]]
    .assert_eq(&expansion(r#"retry = BACKOFF, max = 5, deadline = "3s""#));
    expect![[r#"
        const __RESILIENT_RETRY: P::Backoff = Backoff::exp(SECOND).cap(MINUTE);
        const _: () = P::check::backoff(&__RESILIENT_RETRY).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().retry(__RESILIENT_RETRY, 3);
    "#]]
    .assert_eq(&expansion(r#"retry(Backoff::exp(SECOND).cap(MINUTE))"#));
    expect![[r#"
        const _: () = P::check::deadline(P::secs(3)).hold();
        const _: () = P::check::attempts(5).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry_with(&policies::MyPolicy, 5)
            .deadline(P::secs(3));
    "#]]
    .assert_eq(&expansion(r#"retry = policies::MyPolicy, max = 5, deadline = "3s""#));
}

#[test]
fn as_many_attempts_as_fit_into_the_deadline() {
    expect![[r#"
        const _: () = P::check::deadline(P::secs(30)).hold();
        const _: () = P::check::fits_deadline(
                &P::Backoff::fixed(P::millis(100)),
                P::UNTIL_DEADLINE,
                None,
                P::secs(30),
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .retry(P::Backoff::fixed(P::millis(100)), P::UNTIL_DEADLINE)
            .deadline(P::secs(30));
    "#]]
    .assert_eq(&expansion(r#"retry = "fixed", max = "deadline", deadline = "30s""#));
}

#[test]
fn every_strategy_has_a_name() {
    for name in ["fixed", "linear", "exp", "exp_jitter", "decorrelated", "fibonacci"] {
        let written = format!("P::Backoff::{name}(P::millis(100)), 3");
        assert!(expansion(&format!("retry = \"{name}\"")).contains(&written));
    }
    for bare in ["retry", "retry()", "retry,"] {
        assert_eq!(expansion(bare), expansion("retry = \"exp_jitter\""));
    }
    assert_eq!(expansion("retry(max = 4)"), expansion("retry = \"exp_jitter\", max = 4"));
    assert_eq!(expansion("retry = \"none\""), expansion("name = \"load\"").replace(".name(\"load\")", ""));
}
