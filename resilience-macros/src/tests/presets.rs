//! What a preset becomes, alone and overridden, and what is said about wrong ones.

use expect_test::expect;

use super::{errors, expansion};

#[test]
fn an_attribute_that_says_nothing_is_the_standard_preset() {
    let standard = expansion("preset = \"standard\"");
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = P::Preset::STANDARD;
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PRESET);
    "#]]
    .assert_eq(&standard);
    assert_eq!(expansion(""), standard);
    assert_eq!(expansion("crate = my::runtime"), standard);
    assert!(!expansion("name = \"load\"").contains("preset"));
}

#[test]
fn a_constant_is_held_to_every_rule() {
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = shared::presets::MINE;
        const _: () = P::check::preset(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_timeouts(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_window(&__RESILIENT_PRESET).hold();
        const _: () = P::check::plan_slow_call(&__RESILIENT_PRESET).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PRESET);
    "#]]
    .assert_eq(&expansion("preset = shared::presets::MINE"));
    assert!(expansion("preset = Preset::BATCH.max(2)").contains("Preset::BATCH.max(2)"));
}

#[test]
fn keys_change_what_the_preset_says() {
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = P::Preset::CRITICAL;
        const _: () = P::check::timeout(P::secs(1)).hold();
        const _: () = P::check::deadline(P::secs(10)).hold();
        const _: () = P::check::attempts(2).hold();
        const _: () = P::check::preset_has_retry(&__RESILIENT_PRESET).hold();
        const _: () = P::check::retry_after_max(P::secs(5)).hold();
        const _: () = P::check::retry_after_below_deadline(P::secs(5), P::secs(10)).hold();
        const _: () = P::check::open_for(P::secs(5)).hold();
        const _: () = P::check::breaker_fits(
                &P::preset::breaker(&__RESILIENT_PRESET).open_for(P::secs(5)),
            )
            .hold();
        const _: () = P::check::rate(P::Rate::new(2000, P::secs(1))).hold();
        const _: () = P::check::budget_ratio(0.1).hold();
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET
            .max(2)
            .retry_after_max(P::secs(5))
            .budget(P::preset::budget(&__RESILIENT_PRESET).ratio(0.1))
            .breaker(P::preset::breaker(&__RESILIENT_PRESET).open_for(P::secs(5)))
            .rate_limit(
                P::preset::rate_limit_at(&__RESILIENT_PRESET, P::Rate::new(2000, P::secs(1)))
                    .wait(P::millis(10)),
            )
            .timeout(P::secs(1))
            .deadline(P::secs(10));
        const _: () = P::check::plan_timeouts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_window(&__RESILIENT_PLAN).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .preset(&__RESILIENT_PLAN)
            .breaker(P::preset::named_breaker(&__RESILIENT_PLAN, "db"));
    "#]]
    .assert_eq(&expansion(
        r#"preset = "critical", max = 2, retry_after_max = "5s", breaker("db", open_for = "5s"), timeout = "1s",
           deadline = "10s", rate_limit("2000/s", wait = "10ms"), budget = "10%""#,
    ));
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = MINE;
        const _: () = P::check::preset(&__RESILIENT_PRESET).hold();
        const _: () = P::check::preset_has_backoff(&__RESILIENT_PRESET).hold();
        const _: () = P::check::cap_fits(
                &P::preset::based(P::preset::backoff(&__RESILIENT_PRESET), P::millis(20))
                    .jitter(P::Jitter::Equal),
            )
            .hold();
        const _: () = P::check::failure_rate(0.25).hold();
        const _: () = P::check::min_calls(5).hold();
        const _: () = P::check::breaker_fits(
                &P::preset::breaker_without_rules(&__RESILIENT_PRESET)
                    .failure_rate(0.25)
                    .min_calls(5),
            )
            .hold();
        const _: () = P::check::preset_has_bulkhead(&__RESILIENT_PRESET).hold();
        const _: () = P::check::bulkhead_fits(&P::preset::bulkhead(&__RESILIENT_PRESET).queue(5))
            .hold();
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET
            .retry(
                P::preset::based(P::preset::backoff(&__RESILIENT_PRESET), P::millis(20))
                    .jitter(P::Jitter::Equal),
                P::preset::max(&__RESILIENT_PRESET),
            )
            .breaker(
                P::preset::breaker_without_rules(&__RESILIENT_PRESET)
                    .failure_rate(0.25)
                    .min_calls(5),
            )
            .without_rate_limit()
            .bulkhead(P::preset::bulkhead(&__RESILIENT_PRESET).queue(5));
        const _: () = P::check::plan_timeouts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_window(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_slow_call(&__RESILIENT_PLAN).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .preset(&__RESILIENT_PLAN)
            .rate_limit({
                static __RESILIENT_POLICY: &P::RateLimiter = &API;
                P::Source::to(__RESILIENT_POLICY)
            })
            .throttle(P::preset::named_throttle(&__RESILIENT_PLAN, "db"));
    "#]].assert_eq(&expansion(
        r#"preset = MINE, base = "20ms", jitter = "equal", breaker(failure_rate = "25%", min_calls = 5), rate_limit = API,
           bulkhead(queue = 5), throttle = "db""#,
    ));
}

#[test]
fn a_strategy_begins_with_the_numbers_of_the_preset() {
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = MINE;
        const _: () = P::check::preset(&__RESILIENT_PRESET).hold();
        const _: () = P::check::cap_fits(
                &P::preset::strategy(&__RESILIENT_PRESET, P::Backoff::fibonacci(P::millis(100)))
                    .cap(P::secs(1)),
            )
            .hold();
        const __RESILIENT_RATE_LIMIT_WAIT: ::core::time::Duration = WAIT;
        const _: () = P::check::preset_has_rate_limit(&__RESILIENT_PRESET).hold();
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET
            .retry(
                P::preset::strategy(&__RESILIENT_PRESET, P::Backoff::fibonacci(P::millis(100)))
                    .cap(P::secs(1)),
                P::preset::max(&__RESILIENT_PRESET),
            )
            .rate_limit(
                P::preset::rate_limit(&__RESILIENT_PRESET).wait(__RESILIENT_RATE_LIMIT_WAIT),
            );
        const _: () = P::check::plan_timeouts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_window(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_slow_call(&__RESILIENT_PLAN).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PLAN);
    "#]]
    .assert_eq(&expansion(r#"preset = MINE, retry = "fibonacci", cap = "1s", rate_limit(wait = WAIT)"#));
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = MINE;
        const _: () = P::check::preset(&__RESILIENT_PRESET).hold();
        const _: () = P::check::rate(P::Rate::new(1, P::secs(1))).hold();
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET
            .retry_with(&Own, P::UNTIL_DEADLINE)
            .rate_limit(
                P::preset::rate_limit_at(&__RESILIENT_PRESET, P::Rate::new(1, P::secs(1))),
            );
        const _: () = P::check::plan_timeouts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_slow_call(&__RESILIENT_PLAN).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PLAN);
    "#]]
    .assert_eq(&expansion(r#"preset = MINE, retry = Own, max = "deadline", rate_limit("1/s", key = id)"#));
}

#[test]
fn none_switches_a_policy_off() {
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = MINE;
        const _: () = P::check::preset(&__RESILIENT_PRESET).hold();
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET
            .without_breaker()
            .without_rate_limit()
            .without_bulkhead()
            .without_throttle()
            .without_timeout()
            .without_deadline()
            .without_retry();
        const _: () = P::check::plan_timeouts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_attempts(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_budget(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_rate_limit(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_bulkhead(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_window(&__RESILIENT_PLAN).hold();
        const _: () = P::check::plan_slow_call(&__RESILIENT_PLAN).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PLAN);
    "#]].assert_eq(&expansion(
        r#"preset = MINE, retry = "none", breaker = "none", rate_limit = "none", bulkhead = "none", throttle = "none",
           timeout = "none", deadline = "none""#,
    ));
    expect![[r#"
        const __RESILIENT_PRESET: P::Preset = P::Preset::STANDARD;
        const __RESILIENT_PLAN: P::Preset = __RESILIENT_PRESET.without_budget();
        const SITE: P::SiteConfig = P::SiteConfig::empty().preset(&__RESILIENT_PLAN);
    "#]]
    .assert_eq(&expansion(r#"preset = "standard", budget = "none""#));
    assert_eq!(expansion("breaker = \"none\", timeout = \"1s\""), expansion("timeout = \"1s\""));
}

#[test]
fn settings_of_policies_that_are_switched_off() {
    expect![[r#"
        resilient(preset = "standard", breaker("none", open_for = "5s", probes = 3))
          `open_for` and `probes` have no effect with `breaker = "none"`; remove them, or the "none"
            ^ open_for
        resilient(preset = "standard", retry = "none", max = 3)
          `max` has no effect with `retry = "none"`; remove it, or choose another strategy
            ^ max
        resilient(preset = "standard", retry = "none", budget = "10%")
          `budget` has no effect with `retry = "none"`; remove it, or choose another strategy
            ^ budget
        resilient(breaker = "none", when = is_bad)
          `when` has no effect without `retry`, `breaker` or `throttle`; add one of them
            ^ when
        resilient(timeout = "none", map_rejected = f)
          `map_rejected` has no effect without a policy that rejects, like `breaker` or `timeout`; add one, or remove it
            ^ map_rejected
    "#]].assert_eq(&errors(&[
        r#"preset = "standard", breaker("none", open_for = "5s", probes = 3)"#,
        r#"preset = "standard", retry = "none", max = 3"#,
        r#"preset = "standard", retry = "none", budget = "10%""#,
        r#"breaker = "none", when = is_bad"#,
        r#"timeout = "none", map_rejected = f"#,
    ]));
}

#[test]
fn wrong_presets() {
    expect![[r#"
        resilient(preset = "critcal")
          unknown preset `critcal`; did you mean `critical`?
            ^ "critcal"
        resilient(preset = "Batch")
          unknown preset `Batch`; did you mean `batch`?
            ^ "Batch"
        resilient(preset = "web")
          `web` is not a preset; write "critical", "standard" or "batch", or the path of a const `Preset`
            ^ "web"
        resilient(preset = 3)
          `3` is not a preset; write "critical", "standard" or "batch", or the path of a const `Preset`
            ^ 3
        resilient(preset = critical)
          `critical` is the name of a preset; write it in quotes: "critical"
            ^ critical
        resilient(preset = Self::MINE)
          values are checked outside of the impl, where `Self` is not known; write the type's name
            ^ Self
        resilient(preset)
          `preset` needs a value, like `preset = "standard"`
            ^ preset
        resilient(preset("critical"))
          `preset` takes one value; write it as `preset = "standard"`
            ^ preset
        resilient(presets = "critical")
          unknown option `presets`; did you mean `preset`?
            ^ presets
        resilient(preset = "critcal", max = 3, when = f, map_rejected = g, budget = "10%")
          unknown preset `critcal`; did you mean `critical`?
            ^ "critcal"
    "#]]
    .assert_eq(&errors(&[
        "preset = \"critcal\"",
        "preset = \"Batch\"",
        "preset = \"web\"",
        "preset = 3",
        "preset = critical",
        "preset = Self::MINE",
        "preset",
        "preset(\"critical\")",
        "presets = \"critical\"",
        // Each mistake once: what an unknown preset has is not known.
        "preset = \"critcal\", max = 3, when = f, map_rejected = g, budget = \"10%\"",
    ]));
}

#[test]
fn settings_that_a_preset_does_not_use() {
    expect![[r#"
        resilient(preset = "standard", breaker(min_calls = 5))
          `min_calls` has no effect with `failures`, which is no rate; remove it, or add `failure_rate`
            ^ min_calls
        resilient(preset = "standard", breaker("db", consecutive = 5, window = 20))
          `window` has no effect with `consecutive` alone, which looks at no window; remove it, or add `failure_rate`
            ^ window
        resilient(preset = "standard", breaker(slow_call = "1s"))
          `slow_call` has no effect without `slow_rate`; add one, like `slow_rate = "50%"`
            ^ slow_call
        resilient(preset = "standard", breaker(open_max = "1m"))
          `open_max` has no effect without `open_growth`; add one, like `open_growth = 2.0`
            ^ open_max
        resilient(preset = "standard", max = "deadline")
          `max = "deadline"` needs a deadline; add one, like `deadline = "30s"`
            ^ "deadline"
        resilient(preset = "standard", max = 1, budget = "10%")
          `budget` has no effect with `max = 1`, which leaves no retry; remove it, or raise `max`
            ^ budget
        resilient(preset = "standard", open_for = "5s")
          `open_for` belongs in `breaker(..)`; write `breaker("db", open_for = ..)`
            ^ open_for
        resilient(preset = "standard", rate_limit(max_keys = 5))
          `max_keys` has no effect without `key`; add one, like `key = tenant`
            ^ max_keys
        resilient(preset = "standard", breaker())
          `breaker(..)` begins with a name; write `breaker("db", ..)`
            ^ breaker
        resilient(breaker(open_for = "5s"))
          `breaker(..)` begins with a name; write `breaker("db", ..)`
            ^ breaker
    "#]].assert_eq(&errors(&[
        r#"preset = "standard", breaker(min_calls = 5)"#,
        r#"preset = "standard", breaker("db", consecutive = 5, window = 20)"#,
        r#"preset = "standard", breaker(slow_call = "1s")"#,
        r#"preset = "standard", breaker(open_max = "1m")"#,
        r#"preset = "standard", max = "deadline""#,
        r#"preset = "standard", max = 1, budget = "10%""#,
        r#"preset = "standard", open_for = "5s""#,
        r#"preset = "standard", rate_limit(max_keys = 5)"#,
        r#"preset = "standard", breaker()"#,
        r#"breaker(open_for = "5s")"#,
    ]));
}
