//! What is written means what it means in the attribute.

use resilience_runtime::catalog::Policy;
use resilience_runtime::{Settings, catalog, resilient};
use resilience_tests::{Answer, Script, alone};

use super::{apply, settings};

/// Every setting of every policy, in the attribute.
#[resilient(
    retry = "fixed",
    breaker(
        "in_attribute",
        failure_rate = "12.5%",
        failures = 7,
        consecutive = 9,
        slow_rate = 0.25,
        slow_call = "1.5s",
        window = "90s",
        min_calls = 20,
        open_for = "250ms",
        open_growth = 1.5,
        open_max = "2m",
        probes = 4,
        successes = 2,
        probe_timeout = "10s"
    ),
    rate_limit(
        "in_attribute",
        rate = "5/250ms",
        burst = 8,
        algorithm = "token_bucket",
        wait = "50ms",
        lease = 2
    ),
    bulkhead("in_attribute", max = 12, queue = 3, wait = "40ms", adaptive = "gradient", min = 2),
    budget("in_attribute", ratio = "1.1%", floor = 2, window = "7s"),
    throttle("in_attribute", k = 1.25, window = "1m")
)]
async fn in_attribute(script: &Script) -> Answer {
    script.run().await
}

/// The same in a file.
const FILE: &str = r#"
    [breaker.in_file]
    failure_rate = "12.5%"
    failures = 7
    consecutive = 9
    slow_rate = 0.25
    slow_call = "1.5s"
    window = "90s"
    min_calls = 20
    open_for = "250ms"
    open_growth = 1.5
    open_max = "2m"
    probes = 4
    successes = 2
    probe_timeout = "10s"

    [rate_limit.in_file]
    rate = "5/250ms"
    burst = 8
    algorithm = "token_bucket"
    wait = "50ms"
    lease = 2

    [bulkhead.in_file]
    max = 12
    queue = 3
    wait = "40ms"
    adaptive = "gradient"
    min = 2

    [budget.in_file]
    ratio = "1.1%"
    floor = 2
    window = "7s"

    [throttle.in_file]
    k = 1.25
    window = "1m"
"#;

#[resilient(
    retry = "fixed",
    breaker = "in_file",
    rate_limit = "in_file",
    bulkhead = "in_file",
    budget = "in_file",
    throttle = "in_file"
)]
async fn in_file(script: &Script) -> Answer {
    script.run().await
}

fn policies(operation: &str) -> Vec<Policy> {
    let catalog = catalog();
    let entry = catalog.find(operation).expect("it is annotated");
    let all = [&entry.breaker, &entry.rate_limit, &entry.bulkhead, &entry.budget, &entry.throttle];
    all.into_iter().map(|policy| policy.clone().expect("it has one")).collect()
}

#[test]
fn every_setting_means_what_it_means_in_the_attribute() {
    alone(async || {
        let works = Script::new("S");
        assert!(in_attribute(&works).await.is_ok() && in_file(&works).await.is_ok());
        let check = || {
            for (file, attribute) in policies("words::in_file").iter().zip(&policies("words::in_attribute")) {
                assert_eq!(file.settings, attribute.settings, "{}", file.key);
            }
        };
        apply(FILE);
        check();
        // As variables of the environment are: every value a text.
        let texts = FILE.lines().map(|line| match line.split_once(" = ") {
            Some((key, value)) => format!("{key} = \"{}\"\n", value.trim_matches('"')),
            None => format!("{line}\n"),
        });
        apply("");
        apply(&texts.collect::<String>());
        check();
    });
}

#[test]
fn a_window_counts_calls_or_time_and_a_limit_keeps_a_window() {
    #[resilient(breaker = "by_calls", rate_limit = "sliding")]
    async fn by_window(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        assert!(by_window(&Script::new("S")).await.is_ok());
        let shown = |text: &str, setting: &str| {
            apply(text);
            let catalog = catalog();
            let entry = catalog.find("by_window").expect("it is annotated");
            let policies = [&entry.breaker, &entry.rate_limit].into_iter().flatten();
            let values = policies.filter_map(|policy| policy.setting(setting));
            values.map(|value| value.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(shown("breaker.by_calls.window = 100", "window"), ["100"]);
        assert_eq!(shown("breaker.by_calls.window = '50'", "window"), ["50"]);
        assert_eq!(shown("breaker.by_calls.window = '2m'", "window"), ["120s"]);
        let sliding = "rate_limit.sliding = { rate = '7/m', algorithm = 'sliding_window' }";
        assert_eq!(shown(sliding, "algorithm"), ["sliding_window"]);
        assert_eq!(shown(sliding, "rate"), ["7/m"]);
        assert_eq!(shown("rate_limit.sliding = { rate = '7/m', max_keys = 70 }", "max_keys"), ["70"]);
    });
}

/// What a value that is refused is told.
fn refusal(text: &str) -> String {
    toml::from_str::<Settings>(text).expect_err("it is refused").message().to_owned()
}

#[test]
fn a_value_that_is_none_is_refused_where_it_is_read() {
    const DURATION: &str =
        "expected a duration: a number and a unit (ns, us, ms, s, m, h or d), like \"250ms\"";
    const RATIO: &str = "expected a ratio: a percentage like \"50%\", or a share like 0.5";
    const RATE: &str = "expected a rate: a count and a time, like \"100/s\" or \"5/250ms\"";
    const COUNT: &str = "expected a whole number, at most 4294967295";
    let breaker = |setting: &str| refusal(&format!("[breaker.b]\n{setting}"));
    for value in [
        "'2 parsecs'",
        "'5'",
        "5",
        "5.0",
        "'-1s'",
        "''",
        "'1h30m'",
        "'.5s'",
        "'1.s'",
        "'0.5ns'",
        "'999999d'",
        "true",
    ] {
        let refusal = breaker(&format!("open_for = {value}"));
        assert!(refusal.ends_with(DURATION), "{value}: {refusal}");
    }
    for value in ["50", "1", "'50'", "'-5%'", "'1e2%'", "'fifty'", "'%'", "false"] {
        let refusal = breaker(&format!("failure_rate = {value}"));
        assert!(refusal.ends_with(RATIO), "{value}: {refusal}");
    }
    for value in ["100", "'100'", "'1.5/s'", "'/s'", "'100/'", "'100/parsec'", "'100 s'"] {
        let refusal = refusal(&format!("[rate_limit.r]\nrate = {value}"));
        assert!(refusal.ends_with(RATE), "{value}: {refusal}");
    }
    for value in ["-1", "4294967296", "1.0", "'many'", "'1.0'", "'+1'"] {
        let refusal = breaker(&format!("failures = {value}"));
        assert!(refusal.ends_with(COUNT), "{value}: {refusal}");
    }
    assert_eq!(
        breaker("window = 'often'"),
        "invalid value: string \"often\", expected a number of calls like 100, or a time like \"60s\""
    );
    assert_eq!(
        refusal("[bulkhead.b]\nadaptive = 'vegas'"),
        "invalid value: string \"vegas\", expected \"aimd\" or \"gradient\""
    );
    assert_eq!(
        refusal("[rate_limit.r]\nalgorithm = 'leaky'"),
        "invalid value: string \"leaky\", expected \"token_bucket\" or \"sliding_window\""
    );
    assert_eq!(
        refusal("[throttle.t]\nk = 'twice'"),
        "invalid value: string \"twice\", expected a number, like 2.0"
    );
    assert_eq!(refusal("[chaos.c]\nenabled = 1"), "invalid value: integer `1`, expected true or false");
}

#[test]
fn settings_show_what_is_written() {
    let settings = settings("[breaker.db]\nopen_for = '5s'\nwindow = 20\n[budget.db]\nfloor = 2");
    let text = format!("{settings:?}");
    assert!(text.contains(r#"breaker: {"db": {window: Calls(20), open_for: 5s}}, rate_limit: {}"#), "{text}");
    assert!(text.contains(r#"budget: {"db": {floor: 2}}"#), "{text}");
}

#[test]
fn a_kind_and_a_setting_that_nobody_has_are_refused_with_those_there_are() {
    assert_eq!(
        refusal("[breakers.b]\nfailures = 1"),
        "unknown field `breakers`, expected one of `breaker`, `rate_limit`, `bulkhead`, `budget`, `throttle`, `chaos`"
    );
    assert_eq!(
        refusal("[budget.b]\nshare = '20%'"),
        "unknown field `share`, expected one of `ratio`, `floor`, `window`"
    );
}
