//! What a catalog says of sites that no program has.

use core::time::Duration;

use super::json::Json;
use super::{Bound, Catalog, Entry, Origin, Setting, SettingValue, Severity};
use crate::policy::breaker::{Breaker, BreakerConfig};
use crate::policy::bulkhead::BulkheadConfig;
use crate::policy::limiter::{Rate, RateLimitConfig};
use crate::policy::registry::Source;
use crate::policy::retry::check::fits_deadline;
use crate::policy::retry::{Backoff, BackoffPolicy, Jitter, UNTIL_DEADLINE};
use crate::rng::Rng;
use crate::site::{Site, SiteConfig};

const SECOND: Duration = Duration::from_secs(1);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A catalog of functions that all stand in one line.
fn catalog(sites: &[&'static Site]) -> Catalog {
    let mut catalog = Catalog::of(sites.iter().copied());
    for entry in &mut catalog.entries {
        (entry.file, entry.line) = ("src/shop.rs", 7);
    }
    catalog
}

fn entry(site: &'static Site) -> Entry {
    catalog(&[site]).entries.remove(0)
}

/// The messages of a severity, without the places, which move with this file.
fn messages(sites: &[&'static Site], severity: Severity) -> Vec<String> {
    let catalog = Catalog::of(sites.iter().copied());
    let findings = catalog.findings.iter().filter(|finding| finding.severity == severity);
    findings
        .map(|finding| {
            finding.places.iter().fold(finding.message.clone(), |message, place| {
                message.replace(&format!("{}:{}", place.file, place.line), "..")
            })
        })
        .collect()
}

/// A function of that name in the line of the caller.
#[track_caller]
const fn config(name: &'static str) -> SiteConfig {
    SiteConfig::empty().name(name)
}

#[test]
fn a_function_is_found_by_the_last_parts_of_its_path() {
    static LOAD: Site = Site::new(|| (), config("a::Users::load"));
    static NAMED: Site = Site::new(|| (), config("load"));
    let catalog = catalog(&[&LOAD, &NAMED]);
    let found = |operation| catalog.find(operation).map(|entry| entry.operation);
    assert_eq!(found("a::Users::load"), Some("a::Users::load"));
    assert_eq!(found("Users::load"), Some("a::Users::load"));
    assert_eq!(found("load"), Some("load"), "the whole name goes before a part");
    assert_eq!(found("sers::load"), None);
}

#[test]
fn the_worst_time_is_the_one_that_the_check_finds() {
    static BACKOFF: Backoff = Backoff::exp_jitter(ms(100)).cap(SECOND);
    static LOAD: Site = Site::new(|| (), config("load").retry(BACKOFF, 6).timeout(ms(250)));
    let worst_case = entry(&LOAD).worst_case;
    let planned = ms(6 * 250 + 100 + 200 + 400 + 800 + 1_000);
    assert_eq!((worst_case.time, worst_case.planned), (Some(planned), Some(planned)));
    assert_eq!((worst_case.bound, worst_case.executions), (Bound::Plan, Some(6)));

    let check = |deadline| fits_deadline(&BACKOFF, 6, Some(ms(250)), deadline).check();
    check(planned).unwrap();
    check(planned.saturating_sub(Duration::from_nanos(1))).unwrap_err();
}

#[test]
fn a_deadline_is_the_worst_time_and_the_plan_stays_known() {
    static LOAD: Site = Site::new(
        || (),
        config("load").retry(Backoff::fixed(ms(1)), 2).timeout(SECOND).deadline(Duration::from_secs(5)),
    );
    let worst_case = entry(&LOAD).worst_case;
    assert_eq!((worst_case.time, worst_case.bound), (Some(Duration::from_secs(5)), Bound::Deadline));
    assert_eq!(worst_case.planned, Some(SECOND * 2 + ms(1)));
}

#[test]
fn each_attempt_may_wait_for_its_limits() {
    static LOAD: Site = Site::new(
        || (),
        config("load")
            .retry(Backoff::fixed(ms(1)), 3)
            .timeout(SECOND)
            .rate_limit(Source::own(RateLimitConfig::new(Rate::per_second(5)).wait(ms(50))))
            .bulkhead(Source::own(BulkheadConfig::new(4).queue(2).wait(ms(30)))),
    );
    assert_eq!(entry(&LOAD).worst_case.time, Some((SECOND + ms(80)) * 3 + ms(2)));
}

#[test]
fn without_a_limit_it_says_why() {
    struct Own;
    impl BackoffPolicy for Own {
        fn delay(&self, _: u32, _: Duration, _: &mut Rng) -> Duration {
            Duration::ZERO
        }
    }
    static BARE: Site = Site::new(|| (), config("bare"));
    static CUSTOM: Site = Site::new(|| (), config("custom").retry_with(&Own, 3).timeout(SECOND));
    static ONCE: Site = Site::new(|| (), config("once").retry_with(&Own, 1).timeout(SECOND));
    static UNTIL: Site = Site::new(
        || (),
        config("until").retry(Backoff::fixed(ms(1)), UNTIL_DEADLINE).timeout(ms(1)).deadline(SECOND),
    );
    let figures = |site| {
        let worst_case = entry(site).worst_case;
        (worst_case.time, worst_case.bound, worst_case.executions)
    };
    assert_eq!(figures(&BARE), (None, Bound::NoTimeout, Some(1)));
    assert_eq!(figures(&CUSTOM), (None, Bound::OwnDelays, Some(3)));
    assert_eq!(figures(&ONCE), (Some(SECOND), Bound::Plan, Some(1)));
    assert_eq!(figures(&UNTIL), (Some(SECOND), Bound::Deadline, None));
    assert_eq!(entry(&CUSTOM).chart(), None);
}

#[test]
fn a_function_that_only_names_a_policy_has_the_settings_of_another() {
    static A: Site = Site::new(|| (), config("a").breaker(Source::shared("catalog_shared")));
    static B: Site = Site::new(
        || (),
        config("b")
            .breaker(Source::named("catalog_shared", BreakerConfig::new().consecutive(3).open_for(SECOND))),
    );
    let catalog = catalog(&[&B, &A]);
    let breaker = catalog.find("a").and_then(|entry| entry.breaker.clone()).unwrap();
    assert_eq!(breaker.origin, Origin::Name);
    assert_eq!(breaker.setting("consecutive"), Some(SettingValue::Count(3)));
    assert_eq!(breaker.setting("open_for"), Some(SettingValue::Time(SECOND)));
    assert_eq!(catalog.findings, []);
    // Asking is no use of it.
    assert!(Breaker::named("catalog_shared").is_none());
}

// Q16
#[test]
fn two_configurations_of_one_name_are_an_error() {
    static A: Site = Site::new(
        || (),
        config("a").breaker(Source::named("catalog_db", BreakerConfig::new().consecutive(3))),
    );
    static B: Site = Site::new(
        || (),
        config("b").breaker(Source::named("catalog_db", BreakerConfig::new().consecutive(5))),
    );
    static C: Site = Site::new(
        || (),
        config("c").breaker(Source::named("catalog_db", BreakerConfig::new().consecutive(3))),
    );
    assert_eq!(
        messages(&[&B, &C, &A], Severity::Error),
        [
            "`a` (..) and `b` (..) configure the circuit breaker `catalog_db` differently (`consecutive` 3 and 5); \
             give it the same settings in both, or in one alone"
        ]
    );
    assert!(messages(&[&A, &C], Severity::Error).is_empty());
    assert!(Catalog::of([&A, &C]).audit().is_ok());
    let audit = Catalog::of([&A, &B]).audit().unwrap_err();
    assert_eq!(audit.findings[0].places.len(), 2);
    assert_eq!(audit.to_string(), audit.findings[0].message);
}

#[test]
fn a_static_and_a_name_are_two_policies() {
    static DB: Breaker = Breaker::new("catalog_twin", BreakerConfig::new().consecutive(3));
    static A: Site = Site::new(|| (), config("a").breaker(Source::to(&DB)));
    static B: Site = Site::new(|| (), config("b").breaker(Source::shared("catalog_twin")));
    static C: Site = Site::new(
        || (),
        config("c").breaker(Source::named("catalog_twin", BreakerConfig::new().consecutive(3))),
    );
    assert_eq!(
        messages(&[&A, &B], Severity::Error),
        [
            "`a` (..) uses the circuit breaker `catalog_twin` of a `static`, and `b` (..) the one of that name, with \
             other settings (`consecutive` 3 and none, `failure_rate` none and 50%, `window` none and 60s, `min_calls` \
             none and 10); use the `static` in both, or rename one"
        ]
    );
    assert_eq!(messages(&[&A, &B], Severity::Warning), [""; 0]);
    assert_eq!(messages(&[&A, &C], Severity::Error), [""; 0]);
    assert_eq!(
        messages(&[&A, &C], Severity::Warning),
        [
            "`a` (..) uses the circuit breaker `catalog_twin` of a `static`, and `c` (..) the one of that name, which \
             share no state; use the `static` in both, or rename one"
        ]
    );
    assert_eq!(messages(&[&A, &A], Severity::Warning), [""; 0]);
}

#[test]
fn a_name_that_nobody_configures_is_a_warning_where_it_has_no_defaults() {
    static A: Site = Site::new(
        || (),
        config("a")
            .breaker(Source::shared("catalog_lone"))
            .throttle(Source::shared("catalog_lone"))
            .bulkhead(Source::shared("catalog_lone"))
            .budget(Source::shared("catalog_lone"))
            .rate_limit(Source::shared("catalog_lone")),
    );
    assert_eq!(
        messages(&[&A], Severity::Warning),
        [
            "`a` (..) names the rate limiter `catalog_lone`, which no function configures, so that it admits every call; \
             give it settings in one function",
        ]
    );
}

#[test]
fn a_name_that_the_program_configures_is_none_of_these() {
    static A: Site = Site::new(|| (), config("a").rate_limit(Source::shared("catalog_later")));
    let limiter = A.get_rate_limit().expect("it has one");
    assert_eq!(messages(&[&A], Severity::Warning).len(), 1, "it is only looked up");
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(5))).expect("it makes sense");
    assert_eq!(messages(&[&A], Severity::Warning), [""; 0]);
}

#[test]
fn a_shared_wait_that_uses_up_a_deadline_is_an_error() {
    static A: Site = Site::new(
        || (),
        config("a").rate_limit(Source::named(
            "catalog_wait",
            RateLimitConfig::new(Rate::per_second(5)).wait(ms(500)),
        )),
    );
    static B: Site =
        Site::new(|| (), config("b").rate_limit(Source::shared("catalog_wait")).deadline(ms(500)));
    static C: Site =
        Site::new(|| (), config("c").rate_limit(Source::shared("catalog_wait")).deadline(ms(501)));
    assert_eq!(
        messages(&[&A, &B, &C], Severity::Error),
        [
            "`b` (..) has a `deadline` of 500ms, which its rate_limit `catalog_wait` with a `wait` of 500ms leaves no \
             time of; lower `wait` or raise `deadline`"
        ]
    );
}

#[test]
fn a_shared_breaker_that_finds_no_call_slow_is_a_warning() {
    const SLOW: BreakerConfig = BreakerConfig::new().slow_rate(0.5).slow_call(SECOND);
    static A: Site =
        Site::new(|| (), config("a").breaker(Source::named("catalog_slow", SLOW)).timeout(ms(1001)));
    static B: Site = Site::new(|| (), config("b").breaker(Source::shared("catalog_slow")).timeout(SECOND));
    static C: Site = Site::new(|| (), config("c").breaker(Source::shared("catalog_slow")));
    static D: Site = Site::new(|| (), config("d").breaker(Source::own(BreakerConfig::new())).timeout(SECOND));
    assert_eq!(
        messages(&[&A, &B, &C, &D], Severity::Warning),
        [
            "`b` (..) has a `timeout` of 1s, so that its breaker `catalog_slow` with a `slow_call` of 1s never takes a call \
             of it for slow; lower `slow_call` or raise `timeout`"
        ]
    );
    assert_eq!(messages(&[&A, &B, &C, &D], Severity::Error), [""; 0]);
}

#[test]
fn one_operation_with_two_policies_is_a_warning() {
    static A: Site = Site::new(|| (), config("same").timeout(SECOND));
    static B: Site = Site::new(|| (), config("same").timeout(ms(1)));
    static C: Site = Site::new(|| (), config("same").timeout(SECOND));
    assert_eq!(
        messages(&[&A, &B], Severity::Warning),
        [
            "two functions with different policies are both called `same` in spans, .. and ..; give one another `name`"
        ]
    );
    assert_eq!(messages(&[&A, &C], Severity::Warning), [""; 0]);
}

#[test]
fn a_chart_shows_the_band_the_cap_and_the_deadline() {
    static LOAD: Site = Site::new(
        || (),
        config("load")
            .retry(Backoff::exp(ms(100)).cap(ms(400)).jitter(Jitter::Equal), 5)
            .timeout(ms(250))
            .deadline(ms(2_000)),
    );
    let expected = "\
load: exp_jitter, base 100ms, factor 2, cap 400ms, equal jitter
           0s                                 400ms
attempt 2  █████▒▒▒▒▒                                50ms to 100ms         begins within 350ms
attempt 3  ██████████▒▒▒▒▒▒▒▒▒▒                      100ms to 200ms        begins within 800ms
attempt 4  ████████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  200ms to 400ms (cap)  begins within 1.45s
attempt 5  ████████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  200ms to 400ms (cap)  if before the deadline of 2s
";
    assert_eq!(entry(&LOAD).chart().unwrap(), expected);
}

#[test]
fn a_chart_ends_where_nothing_new_is_to_be_seen() {
    static MANY: Site = Site::new(|| (), config("many").retry(Backoff::fixed(ms(1)), 100));
    static UNTIL: Site = Site::new(
        || (),
        config("until").retry(Backoff::fixed(SECOND), UNTIL_DEADLINE).deadline(Duration::from_secs(3)),
    );
    static JITTER: Site = Site::new(
        || (),
        config("jitter").retry(Backoff::exp_jitter(SECOND), UNTIL_DEADLINE).deadline(SECOND),
    );
    let last = |site| entry(site).chart().unwrap().lines().last().unwrap().to_owned();
    assert_eq!(last(&MANY), "and 87 more, with delays of up to 1ms");
    assert_eq!(last(&UNTIL), format!("attempt 4  {}  1s  past the deadline", "█".repeat(40)));
    assert_eq!(last(&JITTER), "and as many more as fit into the deadline of 1s");
}

#[test]
fn without_a_delay_a_chart_has_no_bars() {
    static QUICK: Site = Site::new(|| (), config("quick").retry(Backoff::fixed(Duration::ZERO), 2));
    static ONCE: Site = Site::new(|| (), config("once").retry(Backoff::fixed(ms(1)), 1));
    assert!(entry(&QUICK).chart().unwrap().ends_with("0s\n"));
    assert_eq!(entry(&ONCE).chart(), None);
}

fn shop() -> Catalog {
    static LOAD: Site = Site::new(
        || (),
        config("load")
            .retry(Backoff::exp_jitter(ms(100)), 3)
            .breaker(Source::named("catalog_shop", BreakerConfig::new().consecutive(3)))
            .timeout(SECOND)
            .fallback(),
    );
    static STORE: Site = Site::new(
        || (),
        config("store").rate_limit(Source::own(RateLimitConfig::new(Rate::new(5, ms(250))))),
    );
    catalog(&[&STORE, &LOAD])
}

#[test]
fn renders_as_a_table() {
    let expected = "\
2 annotated functions, 1 without a limit on the time of a call

OPERATION  RETRY                TIMEOUT  POLICIES               WORST TIME  EXECUTIONS  PLACE
load       exp_jitter 100ms to  1s       breaker catalog_shop,  3.3s        3           shop.rs:7
           10s                           fallback
store      -                    -        rate_limit             unbounded   1           shop.rs:7

POLICY      NAME          ORIGIN  SETTINGS                                             USED BY
breaker     catalog_shop  name    consecutive 3, open_for 30s, probes 5, successes 3,  load
                                  probe_timeout 30s
rate_limit  -             own     rate 5/250ms, burst 5, algorithm token_bucket, wait 0s,  store
                                  max_keys 10000, lease 1
";
    let squeeze = |text: &str| {
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let text = shop().to_string();
    assert_eq!(squeeze(&text), squeeze(expected));
    // All columns of a table begin below each other.
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[2].find("PLACE"), lines[3].find("shop.rs"));
    assert_eq!(Catalog::of([]).to_string(), "0 annotated functions\n");
}

#[test]
fn a_backoff_that_does_not_grow_reads_as_one_delay() {
    static A: Site = Site::new(|| (), config("a").retry(Backoff::fixed(ms(250)), 2));
    static B: Site = Site::new(|| (), config("b").retry(Backoff::exp(ms(250)), 2));
    let text = catalog(&[&A, &B]).to_markdown();
    assert!(text.contains("| a | fixed 250ms |"), "{text}");
    assert!(text.contains("| b | exp 250ms to 10s |"), "{text}");
}

#[test]
fn renders_as_markdown() {
    static BAR: Site = Site::new(|| (), config("a|b"));
    static LONE: Site = Site::new(|| (), config("a").rate_limit(Source::shared("catalog_markdown")));
    let text = shop().to_markdown();
    assert!(text.starts_with(
        "# Resilience\n\n2 annotated functions, 1 without a limit on the time of a call\n\n## Functions\n\n\
         | Operation | Retry | Timeout | Deadline | Policies | Worst time | Executions | Place |\n\
         |---|---|---|---|---|---|---|---|\n\
         | load | exp_jitter 100ms to 10s | 1s |  | breaker catalog_shop, fallback | 3.3s | 3 | src/shop.rs:7 |\n"
    ));
    assert!(text.contains("\n## Waits\n\n```text\nload: exp_jitter, base 100ms"));
    assert!(!text.contains("## Findings"), "{text}");
    assert!(catalog(&[&BAR]).to_markdown().contains("| a\\|b |"));
    let text = catalog(&[&LONE]).to_markdown();
    assert!(text.contains("|\n\n## Findings\n\n- **warning**: `a` ("), "{text}");
}

#[test]
fn renders_as_json() {
    let text = shop().to_json();
    for part in [
        "\"operation\": \"load\",\n",
        "\"line\": 7,\n",
        "\"base_seconds\": 0.1,\n",
        "\"retry_after_max_seconds\": 60,\n",
        "\"jitter\": \"full\"\n",
        "\"timeout_seconds\": 1,\n",
        "\"deadline_seconds\": null,\n",
        "\"fallback\": true,\n",
        "\"time_seconds\": 3.3,\n",
        "\"bound\": \"no_timeout\",\n",
        "\"rate\": {\n            \"count\": 5,\n            \"period_seconds\": 0.25\n          },\n",
        "\"wait_seconds\": 0,\n",
        "\"findings\": []\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn json_escapes_what_has_to_be() {
    let text = |text: &str| Json::Text(text.to_owned()).to_string();
    assert_eq!(text("a \"b\" \\ c"), r#""a \"b\" \\ c""#);
    assert_eq!(text("1\n2\t3\r4\u{1}\u{7f}ü"), "\"1\\n2\\t3\\r4\\u0001\u{7f}ü\"");
    assert_eq!(Json::Number(f64::NAN).to_string(), "null");
    assert_eq!(Json::Number(1e21).to_string(), "1000000000000000000000");
    assert_eq!(Json::List(vec![Json::Null, Json::Bool(true)]).to_string(), "[\n  null,\n  true\n]");
    assert_eq!(Json::Object(Vec::new()).to_string(), "{}");
}

#[test]
fn settings_read_as_a_user_writes_them() {
    let text = |value| Setting::new("it", value).to_string();
    assert_eq!(text(SettingValue::Share(0.07)), "it 7%");
    assert_eq!(text(SettingValue::Factor(1.5)), "it 1.5");
    assert_eq!(text(SettingValue::Rate(Rate::per_second(100))), "it 100/s");
    assert_eq!(text(SettingValue::Rate(Rate::per_minute(10))), "it 10/m");
    assert_eq!(text(SettingValue::Rate(Rate::new(5, ms(250)))), "it 5/250ms");
}
