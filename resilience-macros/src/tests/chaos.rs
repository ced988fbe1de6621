//! `chaos`: what it becomes, and where it is not switched on.

use expect_test::expect;
use proc_macro2::TokenStream;
use quote::quote;

use super::{errors, expansion};
use crate::check::feature;
use crate::diag::Diagnostics;
use crate::keys;

/// What is said of the attribute where the feature is on or not.
fn needed(attribute: TokenStream, is_on: bool) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    let written = keys::read(attribute, &mut diagnostics);
    feature::needs("chaos", is_on, &written, &mut diagnostics);
    let said = diagnostics.errors().iter().map(|error| {
        let place = error.span().source_text().unwrap_or_default();
        format!("{error} ^ {place}")
    });
    said.collect()
}

#[test]
fn without_the_feature_its_key_says_so_once() {
    let attribute: TokenStream = r#"retry = "exp", chaos("db", panic_rate = "5%")"#.parse().unwrap();
    assert_eq!(
        needed(attribute.clone(), false),
        ["`chaos` needs the feature `chaos` of `resilience-runtime`; add it in `Cargo.toml`, like \
          `features = [\"chaos\"]` ^ chaos"]
    );
    assert!(needed(attribute, true).is_empty());
    assert!(needed(quote!(retry = "exp"), false).is_empty());
}

#[test]
fn settings_become_the_configuration() {
    expect![[r#"
        const _: () = P::check::chaos_latency(P::millis(200)).hold();
        const _: () = P::check::chaos_rate(0.1).hold();
        const __RESILIENT_CHAOS_ERROR_RATE: f64 = RATE;
        const _: () = P::check::chaos_rate(__RESILIENT_CHAOS_ERROR_RATE).hold();
        const _: () = P::check::chaos_rate(0.01).hold();
        const _: () = P::check::chaos_rates(__RESILIENT_CHAOS_ERROR_RATE, 0.01).hold();
        const _: () = P::check::chaos_release(::core::cfg!(debug_assertions), false).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .chaos(
                P::Source::named(
                    "db",
                    P::ChaosConfig::new()
                        .latency(P::millis(200))
                        .latency_rate(0.1)
                        .error_rate(__RESILIENT_CHAOS_ERROR_RATE)
                        .panic_rate(0.01)
                        .seed(7)
                        .enabled(false),
                ),
                true,
            );
    "#]].assert_eq(&expansion(
        r#"chaos("db", latency = "200ms", latency_rate = "10%", error = Lost, error_rate = RATE, panic_rate = 0.01, seed = 7, enabled = false)"#,
    ));
    expect![[r#"
        const _: () = P::check::chaos_rate(0.01).hold();
        const __RESILIENT_CHAOS_RELEASE: bool = STAGING;
        const _: () = P::check::chaos_release(
                ::core::cfg!(debug_assertions),
                __RESILIENT_CHAOS_RELEASE,
            )
            .hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .chaos(P::Source::own(P::ChaosConfig::new().panic_rate(0.01)), false);
    "#]]
    .assert_eq(&expansion(r#"chaos(panic_rate = "1%", release = STAGING)"#));
    expect![[r#"
        const _: () = P::check::chaos_release(::core::cfg!(debug_assertions), false).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty().chaos(P::Source::shared("db"), true);
    "#]]
    .assert_eq(&expansion(r#"chaos("db", error = Lost)"#));
    expect![[r#"
        const _: () = P::check::chaos_release(::core::cfg!(debug_assertions), true).hold();
        const SITE: P::SiteConfig = P::SiteConfig::empty()
            .chaos(
                {
                    static __RESILIENT_POLICY: &P::Chaos = &DB;
                    P::Source::to(__RESILIENT_POLICY)
                },
                true,
            );
    "#]]
    .assert_eq(&expansion("chaos(DB, error = Lost, release = true)"));
}

#[test]
fn a_fault_needs_both_of_its_parts() {
    expect![[r#"
        resilient(chaos("db", latency = "1s", error = Lost))
          `latency` has no effect without `latency_rate`; add it, like `latency_rate = "10%"`
            ^ latency
          `error` has no effect without `error_rate`; add it, like `error_rate = "5%"`
            ^ error
        resilient(chaos(latency_rate = "1%", error_rate = "1%"))
          `latency_rate` needs to know how slow; add `latency`, like `latency = "200ms"`
            ^ latency_rate
          `error_rate` needs an error of the function's; add `error`, like `error = DbError::Lost`
            ^ error_rate
        resilient(chaos(release = true))
          `chaos` needs a fault to inject; add one, like `chaos(error = .., error_rate = "5%")`
            ^ chaos
        resilient(chaos("db", enabled = false))
          `chaos` needs a fault to inject; add one, like `chaos(error = .., error_rate = "5%")`
            ^ chaos
        resilient(chaos(DB, seed = 7))
          `seed` belongs to the `static`; set it there
            ^ seed
        resilient(chaos = 0.5)
          `0.5` does not say of what; write the rate of a fault: `chaos(panic_rate = "5%")`
            ^ 0.5
    "#]]
    .assert_eq(&errors(&[
        r#"chaos("db", latency = "1s", error = Lost)"#,
        r#"chaos(latency_rate = "1%", error_rate = "1%")"#,
        "chaos(release = true)",
        r#"chaos("db", enabled = false)"#,
        "chaos(DB, seed = 7)",
        "chaos = 0.5",
    ]));
}
