//! What cannot be applied, and that nothing is changed then.

use resilience_runtime::settings::Mistake;
use resilience_runtime::{Breaker, BreakerConfig, resilient};
use resilience_tests::{Answer, Script, alone, play};

use super::{apply, settings};

static FIXED: Breaker = Breaker::new("fixed", BreakerConfig::new());

#[resilient(
    breaker("mistaken", window = 20, min_calls = 10),
    rate_limit = "mistaken_rate",
    bulkhead("mistaken_places", max = 3)
)]
async fn mistaken(script: &Script) -> Answer {
    script.run().await
}

#[resilient(breaker = FIXED)]
async fn fixed(script: &Script) -> Answer {
    script.run().await
}

fn refused(text: &str) -> String {
    settings(text).apply().expect_err("it is refused").to_string()
}

#[test]
fn all_mistakes_are_told_at_once_and_nothing_is_changed() {
    alone(async || {
        apply("");
        let error = settings(
            r#"
            [breaker.mistaken]
            window = 5
            [bulkhead.mistaken_places]
            max = 0
            [rate_limit.mistaken_rate]
            rate = "1/h"
            "#,
        );
        let error = error.apply().expect_err("two are wrong");
        assert_eq!(
            error.to_string(),
            "breaker.mistaken: `min_calls` of 10 can never be reached in a `window` of 5 calls; lower `min_calls` or \
             raise `window`\n\
             bulkhead.mistaken_places: a bulkhead must let at least 1 call run, or it refuses all; write a number like 10"
        );
        let Mistake { kind, name, .. } = &error.mistakes[1];
        assert_eq!((*kind, name.as_str()), ("bulkhead", "mistaken_places"));
        let works = Script::new("S");
        assert_eq!(play(3, async || mistaken(&works).await).await, "SSS", "the rate was not applied");
    });
}

#[test]
fn a_name_that_nobody_has_is_told_with_those_there_are() {
    alone(async || {
        let refusal = refused("[bulkhead.mistaken]\nmax = 1");
        let names = refusal.strip_prefix(
            "bulkhead.mistaken: no annotated function has a bulkhead of that name; write one of `",
        );
        assert!(names.is_some_and(|names| names.contains("`mistaken_places`")), "{refusal}");
        let refusal = refused("[breaker.fixd]\nopen_for = '1s'");
        assert!(refusal.contains("`mistaken`") && !refusal.contains("`fixed`"), "{refusal}");
    });
}

#[test]
fn a_policy_in_a_static_has_a_handle() {
    alone(async || {
        assert_eq!(
            refused("[breaker.fixed]\nopen_for = '1s'"),
            "breaker.fixed: it stands in a `static`; call its `reconfigure`, or give the function its name"
        );
        assert_eq!(play(1, async || fixed(&Script::new("S")).await).await, "S");
    });
}

#[test]
fn a_limit_without_a_rate_and_a_bound_without_a_rule_are_refused() {
    alone(async || {
        assert_eq!(
            refused("[rate_limit.mistaken_rate]\nburst = 5"),
            "rate_limit.mistaken_rate: no function gives it a rate; add a `rate` like \"100/s\""
        );
        assert_eq!(
            refused("[bulkhead.mistaken_places]\nmin = 2"),
            "bulkhead.mistaken_places: `min` has no effect without `adaptive`; add `adaptive = \"gradient\"` or remove \
             `min`"
        );
    });
}
