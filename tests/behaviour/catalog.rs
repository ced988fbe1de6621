//! The catalog of this very program, through the attribute.

use std::io;
use std::time::Duration;

use resilience_runtime::catalog::{Bound, Entry, Origin, SettingValue, Severity};
use resilience_runtime::{
    Backoff, Breaker, BreakerConfig, Cache, CacheConfig, audit, breakers, bulkheads, catalog, rate_limiters,
    resilient,
};
use resilience_tests::ms;

/// The entries of one function.
fn entries(operation: &str) -> Vec<Entry> {
    catalog().entries.into_iter().filter(|entry| entry.operation == operation).collect()
}

fn entry(operation: &str) -> Entry {
    let mut entries = entries(operation);
    assert_eq!(entries.len(), 1, "{operation}");
    entries.remove(0)
}

/// The findings that tell of `name`.
fn findings(name: &str) -> Vec<(Severity, String)> {
    let findings = catalog().findings.into_iter().filter(|finding| finding.message.contains(name));
    findings.map(|finding| (finding.severity, finding.message)).collect()
}

#[resilient(timeout = "1s", name = "catalog_generic")]
async fn generic<T: Send>(value: T) -> io::Result<T> {
    Ok(value)
}

#[test]
fn a_generic_function_is_listed_once_called_or_not() {
    #[expect(dead_code, reason = "that nobody calls it is the point")]
    #[resilient(retry = "fixed", base = "10ms", name = "catalog_uncalled")]
    async fn uncalled<T: Clone>(value: T) -> io::Result<T> {
        Ok(value)
    }
    drop((generic(1), generic("2"), generic(Vec::<u8>::new())));
    let found = entry("catalog_generic");
    assert!(found.function.ends_with("catalog::generic"), "{}", found.function);
    assert!(found.file.ends_with("catalog.rs"));
    assert_eq!(found.timeout, Some(ms(1_000)));
    assert_eq!(entry("catalog_uncalled").worst_case.executions, Some(3));
}

#[test]
fn methods_are_listed_under_their_type() {
    struct Client;
    trait Load {
        async fn load(&self) -> io::Result<u32>;
    }
    impl Client {
        #[resilient(timeout = "1s")]
        async fn store(&self) -> io::Result<u32> {
            Ok(1)
        }
    }
    impl Load for Client {
        #[resilient(timeout = "2s")]
        async fn load(&self) -> io::Result<u32> {
            Ok(1)
        }
    }
    drop((Client.store(), Client.load()));
    let place = "behaviour::catalog::methods_are_listed_under_their_type";
    assert_eq!(entry(&format!("{place}::Client::store")).timeout, Some(ms(1_000)));
    assert_eq!(entry(&format!("{place}::Client::load")).timeout, Some(ms(2_000)));
}

#[test]
fn stacked_attributes_are_two_entries_and_no_finding() {
    #[resilient(breaker("catalog_outer", consecutive = 2), name = "catalog_stacked")]
    #[resilient(retry = "fixed", max = 2, name = "catalog_stacked")]
    async fn load() -> io::Result<u32> {
        Ok(1)
    }
    drop(load());
    let found = entries("catalog_stacked");
    assert_eq!(found.len(), 2);
    assert_eq!(found.iter().filter(|entry| entry.breaker.is_some()).count(), 1);
    assert_eq!(found.iter().filter(|entry| entry.retry.is_some()).count(), 1);
    assert_eq!(findings("catalog_stacked"), []);
}

// Q16
#[test]
fn two_settings_of_one_name_are_found_before_the_first_call() {
    #[resilient(breaker("catalog_conflict", consecutive = 2), name = "catalog_conflict_a")]
    async fn a() -> io::Result<()> {
        Ok(())
    }
    #[resilient(breaker("catalog_conflict", consecutive = 4), name = "catalog_conflict_b")]
    async fn b() -> io::Result<()> {
        Ok(())
    }
    drop((a(), b()));
    let found = findings("catalog_conflict");
    let [(Severity::Error, message)] = found.as_slice() else { panic!("{found:?}") };
    let [a, b] = ["catalog_conflict_a", "catalog_conflict_b"].map(entry);
    assert_eq!(
        *message,
        format!(
            "`catalog_conflict_a` ({}:{}) and `catalog_conflict_b` ({}:{}) configure the circuit breaker \
             `catalog_conflict` differently (`consecutive` 2 and 4); give it the same settings in both, or in one alone",
            a.file, a.line, b.file, b.line,
        )
    );
    assert!(audit().unwrap_err().to_string().contains(message));
    let panicked = std::panic::catch_unwind(|| resilience_runtime::assert_sound!()).unwrap_err();
    assert!(panicked.downcast::<String>().unwrap().lines().any(|line| line == message));
}

// Q16
#[test]
fn two_settings_of_one_name_are_found_whatever_the_policy() {
    #[resilient(
        retry = "fixed",
        budget("catalog_two", ratio = "10%"),
        throttle("catalog_two", k = 2.0),
        breaker("catalog_two", consecutive = 2),
        rate_limit("catalog_two", rate = "2/s"),
        bulkhead("catalog_two", max = 2),
        cache("2s", name = "catalog_two"),
        chaos("catalog_two", latency = "2ms", latency_rate = "2%", release = true),
        name = "catalog_two_a"
    )]
    async fn a() -> io::Result<()> {
        Ok(())
    }
    #[resilient(
        retry = "fixed",
        budget("catalog_two", ratio = "20%"),
        throttle("catalog_two", k = 3.0),
        breaker("catalog_two", consecutive = 3),
        rate_limit("catalog_two", rate = "3/s"),
        bulkhead("catalog_two", max = 3),
        cache("3s", name = "catalog_two"),
        chaos("catalog_two", latency = "3ms", latency_rate = "2%", release = true),
        name = "catalog_two_b"
    )]
    async fn b() -> io::Result<()> {
        Ok(())
    }
    drop((a(), b()));
    let found = findings("catalog_two");
    let differs = |(severity, message): &(Severity, String)| {
        let (_, kind) = message.split_once(" configure the ")?;
        let (kind, setting) = kind.split_once(" `catalog_two` differently (")?;
        assert_eq!(*severity, Severity::Error, "{message}");
        Some(format!("{kind}: {}", setting.split_once(')')?.0))
    };
    let told: Vec<_> = found.iter().filter_map(differs).collect();
    assert_eq!(
        told,
        [
            "retry budget: `ratio` 10% and 20%",
            "throttle: `k` 2 and 3",
            "circuit breaker: `consecutive` 2 and 3",
            "rate limiter: `rate` 2/s and 3/s, `burst` 2 and 3",
            "bulkhead: `max` 2 and 3",
            "cache: `ttl` 2s and 3s",
            "chaos: `latency` 2ms and 3ms",
        ]
    );
}

#[test]
fn the_same_settings_twice_or_settings_once_are_no_finding() {
    #[resilient(bulkhead("catalog_agreed", max = 8, queue = 2, wait = "1s"), name = "catalog_agreed_a")]
    async fn a() -> io::Result<()> {
        Ok(())
    }
    #[resilient(bulkhead("catalog_agreed", max = 8, queue = 2, wait = "1000ms"), name = "catalog_agreed_b")]
    async fn b() -> io::Result<()> {
        Ok(())
    }
    #[resilient(bulkhead = "catalog_agreed", name = "catalog_agreed_c")]
    async fn c() -> io::Result<()> {
        Ok(())
    }
    drop((a(), b(), c()));
    assert_eq!(findings("catalog_agreed"), []);
    let bulkhead = entry("catalog_agreed_c").bulkhead.unwrap();
    assert_eq!((bulkhead.name, bulkhead.origin), ("catalog_agreed", Origin::Name));
    assert_eq!(bulkhead.setting("max"), Some(SettingValue::Count(8)));
    assert_eq!(bulkhead.setting("wait"), Some(SettingValue::Time(ms(1_000))));
}

// As README's first example.
#[test]
fn a_name_whose_defaults_hold_is_no_finding() {
    #[resilient(
        retry = "exp_jitter",
        max = 5,
        breaker = "catalog_defaults",
        throttle = "catalog_defaults",
        bulkhead = "catalog_defaults",
        budget = "catalog_defaults",
        name = "catalog_defaults_a"
    )]
    async fn a() -> io::Result<()> {
        Ok(())
    }
    drop(a());
    assert_eq!(findings("catalog_defaults"), []);
}

#[test]
fn a_name_without_settings_is_a_warning_where_nothing_is_done_then() {
    #[resilient(rate_limit = "catalog_unset", name = "catalog_unset_a")]
    async fn a() -> io::Result<()> {
        Ok(())
    }
    drop(a());
    let found = findings("catalog_unset");
    let [(Severity::Warning, message)] = found.as_slice() else { panic!("{found:?}") };
    assert!(message.contains("so that it admits every call"), "{message}");
}

#[test]
fn the_worst_case_is_the_one_the_compiler_checks() {
    const BACKOFF: Backoff = Backoff::exp_jitter(ms(100)).cap(ms(300));
    // The longest plan that compiles: with a nanosecond less of a deadline it does not.
    const DEADLINE: Duration = ms(4 * 200 + 100 + 200 + 300);
    #[resilient(
        retry = BACKOFF, max = 4, timeout = "200ms", deadline = DEADLINE, name = "catalog_worst"
    )]
    async fn with_deadline() -> io::Result<()> {
        Ok(())
    }
    #[resilient(retry = BACKOFF, max = 4, timeout = "200ms", name = "catalog_worst_plan")]
    async fn without() -> io::Result<()> {
        Ok(())
    }
    drop((with_deadline(), without()));
    let worst_case = entry("catalog_worst").worst_case;
    assert_eq!((worst_case.planned, worst_case.time), (Some(DEADLINE), Some(DEADLINE)));
    assert_eq!((worst_case.bound, worst_case.executions), (Bound::Deadline, Some(4)));
    let worst_case = entry("catalog_worst_plan").worst_case;
    assert_eq!((worst_case.time, worst_case.bound), (Some(DEADLINE), Bound::Plan));
}

#[test]
fn every_policy_is_described() {
    static DB: Breaker = Breaker::new("catalog_static", BreakerConfig::new().consecutive(7));
    static ANSWERS: Cache =
        Cache::new("catalog_answers", CacheConfig::new(ms(1_500)).capacity(7).stale_if_error(ms(9_000)));
    #[resilient(
        retry = "fixed", max = 2, budget = "10%", throttle(k = 3.0), breaker = DB,
        rate_limit("5/250ms", burst = 10), bulkhead(4, queue = 2, wait = "50ms"), timeout = "1s",
        fallback = zero, cache = ANSWERS, chaos(latency = "9ms", latency_rate = "1%", release = true), name = "catalog_all"
    )]
    async fn load() -> io::Result<u32> {
        Ok(1)
    }
    async fn zero() -> io::Result<u32> {
        tokio::task::yield_now().await;
        Ok(0)
    }
    drop(load());
    let found = entry("catalog_all");
    let described = found.policies().map(|policy| {
        let settings = policy.settings.iter().map(ToString::to_string).collect::<Vec<_>>();
        format!("{} {} {}: {}", policy.key, policy.origin.as_str(), policy.name, settings.join(", "))
    });
    assert_eq!(
        described.collect::<Vec<_>>(),
        [
            "cache static catalog_answers: ttl 1.5s, capacity 7, stale_if_error 9s",
            "budget own catalog_all: ratio 10%, floor 3, window 10s",
            "throttle own catalog_all: k 3, window 120s",
            "breaker static catalog_static: consecutive 7, open_for 30s, probes 5, successes 3, probe_timeout 30s",
            "rate_limit own catalog_all: rate 5/250ms, burst 10, algorithm token_bucket, wait 0s, max_keys 10000, lease 1",
            "bulkhead own catalog_all: max 4, queue 2, wait 50ms",
            "chaos own catalog_all: latency 9ms, latency_rate 1%, enabled true",
        ]
    );
    assert!(found.fallback);
}

#[test]
fn asking_makes_no_policy() {
    #[resilient(
        breaker("catalog_asked", consecutive = 2),
        rate_limit("catalog_asked", rate = "5/s"),
        bulkhead("catalog_asked", max = 2)
    )]
    async fn load() -> io::Result<u32> {
        Ok(1)
    }
    drop(load());
    let catalog = catalog();
    drop((catalog.to_json(), catalog.to_markdown(), catalog.to_string()));
    let names = [
        breakers().iter().map(|breaker| breaker.name()).collect::<Vec<_>>(),
        rate_limiters().iter().map(|limiter| limiter.name()).collect(),
        bulkheads().iter().map(|bulkhead| bulkhead.name()).collect(),
    ];
    assert!(!names.concat().contains(&"catalog_asked"));
}

#[test]
fn entries_are_sorted_by_operation() {
    let operations: Vec<_> = catalog().entries.iter().map(|entry| entry.operation).collect();
    assert!(operations.is_sorted());
}

/// A table of these functions alone, as a terminal shows it.
fn table(operations: &[&str]) -> String {
    let mut catalog = catalog();
    catalog.entries.retain(|entry| operations.iter().any(|name| entry.operation.ends_with(name)));
    catalog.findings.clear();
    catalog.to_string()
}

#[test]
fn a_table_fits_a_terminal_of_a_hundred_columns() {
    struct Orders;
    impl Orders {
        #[resilient(
            retry = "exp_jitter", max = 5, budget("wide_a", ratio = "10%"), throttle = "wide_b",
            breaker("wide_c", failure_rate = "50%", slow_rate = "60%", slow_call = "100ms"),
            rate_limit("wide_d", rate = "100/s"), bulkhead("wide_e", max = 16, queue = 32, wait = "1s"),
            timeout = "250ms", deadline = "40s", fallback(|_| Ok(1), Ok(2)),
        )]
        async fn catalog_wide(&self) -> io::Result<u32> {
            Ok(1)
        }
    }
    #[resilient(breaker = "wide_c", deadline = "30s")]
    async fn catalog_wide_too() -> io::Result<u32> {
        Ok(1)
    }
    drop((Orders.catalog_wide(), catalog_wide_too()));
    let text = table(&["::catalog_wide", "::catalog_wide_too"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let cells = text.split_whitespace().collect::<Vec<_>>();
    for cell in ["Orders::catalog_wide", "catalog_wide_too", "exp_jitter", "fallback", "wide_e,", "slow_rate"]
    {
        assert!(cells.contains(&cell), "{cell} in\n{text}");
    }
    let place = |entry: Entry| {
        (entry.operation.ends_with("::catalog_wide_too")).then(|| format!("catalog.rs:{}", entry.line))
    };
    let place = catalog().entries.into_iter().find_map(place).unwrap();
    assert!(cells.contains(&place.as_str()), "{place} in\n{text}");
    // A document has room for all of it.
    assert!(
        catalog()
            .to_markdown()
            .contains("a_table_fits_a_terminal_of_a_hundred_columns::Orders::catalog_wide |")
    );
}
