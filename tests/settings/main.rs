//! Settings that are read and applied while the program runs.

mod mistakes;
mod words;

use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use resilience_runtime::catalog::{Policy, Setting, SettingValue};
use resilience_runtime::chaos::Chaos;
use resilience_runtime::{Breaker, Bulkhead, RateLimiter, RetryBudget, Settings, State, Throttle, catalog};
use resilience_runtime::{Rate, RateLimitConfig, resilient};
use resilience_tests::watch::watch;
use resilience_tests::{Answer, Failure, Script, alone, pass, play, poll_once, secs, started, state};
use tracing::Level;

fn settings(text: &str) -> Settings {
    toml::from_str(text).expect("settings")
}

/// Applies what `text` says, and nothing else.
fn apply(text: &str) {
    settings(text).apply().expect("right for the program");
}

#[test]
fn a_breaker_is_given_its_rules_before_the_first_call() {
    #[resilient(breaker = "rules")]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("[breaker.rules]\nconsecutive = 2");
        let fails = Script::new("F");
        assert_eq!(play(4, async || guarded(&fails).await).await, "FFRR");
    });
}

#[test]
fn what_is_not_written_stays_as_the_program_says() {
    #[resilient(breaker("kept", consecutive = 2, open_for = "1h"))]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("[breaker.kept]\nopen_for = '5s'");
        let fails = Script::new("F");
        assert_eq!(play(3, async || guarded(&fails).await).await, "FFR");
        pass(secs(5)).await;
        let works = Script::new("S");
        assert_eq!(play(1, async || guarded(&works).await).await, "S");
    });
}

#[test]
fn a_rate_limit_gets_its_rate_and_loses_it_again() {
    #[resilient(rate_limit = "paced")]
    async fn paced(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        assert_eq!(play(5, async || paced(&works).await).await, "SSSSS");
        apply("[rate_limit.paced]\nrate = '2/h'");
        assert_eq!(play(3, async || paced(&works).await).await, "SSL");
        apply("");
        assert_eq!(play(5, async || paced(&works).await).await, "SSSSS");
    });
}

#[test]
fn a_bulkhead_of_a_functions_own_goes_by_its_operation() {
    #[resilient(bulkhead = 1)]
    async fn inside(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let catalog = catalog();
        let operation = catalog.find("inside").expect("it is annotated").operation;
        let (hangs, works) = (Script::new("P"), Script::new("S"));
        let _inside = started(inside(&hangs));
        assert_eq!(play(1, async || inside(&works).await).await, "B");
        apply(&format!("[bulkhead.'{operation}']\nmax = 2"));
        assert_eq!(play(1, async || inside(&works).await).await, "S");
        let shown = resilience_runtime::catalog().find("inside").and_then(|entry| entry.bulkhead.clone());
        assert_eq!(shown.and_then(|bulkhead| bulkhead.setting("max")), Some(SettingValue::Count(2)));
        // Those who wait are let in by it.
        apply(&format!("[bulkhead.'{operation}']\nqueue = 1\nwait = '1m'"));
        let mut waits = started(inside(&works));
        assert!(poll_once(&mut waits).is_pending());
        apply(&format!("[bulkhead.'{operation}']\nmax = 2\nqueue = 1\nwait = '1m'"));
        assert!(waits.await.is_ok());
    });
}

#[test]
fn retries_are_a_share_of_the_calls_that_is_written() {
    #[resilient(retry = "fixed", max = 2, base = "1ms", budget("retries", ratio = "100%"))]
    async fn retried(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("[budget.retries]\nratio = '1%'\nfloor = 1");
        let fails = Script::new("F");
        assert_eq!(play(4, async || retried(&fails).await).await, "FFFF");
        assert_eq!(fails.executions(), 5);
        assert_eq!(RetryBudget::named("retries").expect("it was called").snapshot().available, 0);
    });
}

#[test]
fn a_throttle_sheds_by_the_k_that_is_written() {
    #[resilient(throttle = "shed")]
    async fn shed(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        resilience_runtime::testing::seed(7);
        let rejected = async |text| {
            apply(text);
            Throttle::named("shed").expect("it is made").reset();
            let (works, fails) = (Script::new("S"), Script::new("F"));
            let mut answers = String::new();
            for _ in 0..100 {
                answers += &play(1, async || shed(&works).await).await;
                answers += &play(1, async || shed(&fails).await).await;
            }
            answers.replace(['S', 'F'], "").len()
        };
        // Every other call is accepted, so that `k = 2` lets all through.
        assert_eq!(rejected("[throttle.shed]\nk = 4.0").await, 0);
        assert!(rejected("[throttle.shed]\nk = 1").await > 10);
    });
}

#[test]
fn chaos_is_switched_on_where_a_deployment_wants_it() {
    #[resilient(chaos("staging", error = Failure::Transient(0), error_rate = "0%", release = true))]
    async fn tried(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        assert_eq!(play(2, async || tried(&works).await).await, "SS");
        apply("[chaos.staging]\nerror_rate = 1.0");
        assert_eq!(play(2, async || tried(&works).await).await, "FF");
        apply("[chaos.staging]\nerror_rate = 1.0\nenabled = false");
        assert_eq!(play(2, async || tried(&works).await).await, "SS");
        assert!(Chaos::named("staging").is_some_and(|chaos| !chaos.is_enabled()));
    });
}

#[test]
fn what_is_no_longer_written_goes_back_and_what_never_was_is_left_alone() {
    #[resilient(breaker("written", consecutive = 2), rate_limit("by_hand", rate = "100/h"))]
    async fn both(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let fails = Script::new("F");
        apply("[breaker.written]\nconsecutive = 50");
        assert_eq!(play(1, async || both(&fails).await).await, "F");
        let limiter = RateLimiter::named("by_hand").expect("it was called");
        limiter.reconfigure(RateLimitConfig::new(Rate::per_hour(3))).expect("it makes sense");
        apply("");
        assert_eq!(play(2, async || both(&fails).await).await, "FR");
        assert_eq!(limiter.config(), Some(RateLimitConfig::new(Rate::per_hour(3))));
        // Nor is what is as it was.
        let fifty = "[rate_limit.by_hand]\nrate = '50/h'";
        apply(fifty);
        assert_eq!(limiter.config(), Some(RateLimitConfig::new(Rate::per_hour(50))));
        limiter.reconfigure(RateLimitConfig::new(Rate::per_hour(3))).expect("it makes sense");
        apply(fifty);
        assert_eq!(limiter.config(), Some(RateLimitConfig::new(Rate::per_hour(3))));
    });
}

#[test]
fn what_is_changed_is_told_once() {
    #[resilient(breaker("told", consecutive = 2), rate_limit = "told")]
    async fn told(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        assert_eq!(play(1, async || told(&works).await).await, "S");
        apply("");
        let watch = watch();
        let written = "[breaker.told]\nopen_for = '5s'\n[rate_limit.told]\nrate = '7/s'";
        apply(written);
        apply(written);
        assert!(settings("[breaker.told]\nprobes = 0").apply().is_err());
        apply("[breaker.told]\nopen_for = '5s'");
        let sentences = [
            "the circuit breaker `told` goes on with consecutive 2, open_for 5s, probes 5, successes 3, probe_timeout 30s",
            "the rate limiter `told` goes on with rate 7/s, burst 7, algorithm token_bucket, wait 0s, max_keys 10000, lease 1",
            "the rate limiter `told` goes on with no limit",
        ];
        let events = watch.events();
        let heard: Vec<_> = events.iter().filter_map(|event| event.get("message")).collect();
        assert_eq!(heard, sentences);
        assert!(events.iter().all(|event| (event.target, event.level) == ("reliability", Level::INFO)));
    });
}

#[test]
fn the_audit_knows_the_settings_of_the_moment() {
    #[resilient(
        breaker("audited", slow_rate = "50%", slow_call = "1s"),
        rate_limit("audited", rate = "9/s"),
        bulkhead = 3,
        timeout = "1500ms",
        deadline = "2s",
        name = "audited"
    )]
    async fn audited(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "limited_by_file")]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        assert!(audited(&works).await.is_ok() && limited(&works).await.is_ok());
        let found = |word: &str| {
            let findings = catalog().findings;
            findings.into_iter().map(|finding| finding.message).find(|message| message.contains(word))
        };
        apply("");
        assert_eq!(found("`audited`"), None);
        assert!(found("`limited_by_file`").is_some_and(|message| message.contains("it admits every call")));
        apply("[rate_limit]\naudited = { wait = '2s' }\nlimited_by_file = { rate = '1/s' }");
        let message = found("its rate_limit `audited` with a `wait` of 2s");
        assert!(message.is_some_and(|message| message.contains("leaves no time")));
        assert_eq!(found("`limited_by_file`"), None);
        // The function's own, which the attribute checks in the source alone.
        apply("[bulkhead.audited]\nqueue = 1\nwait = '3s'");
        assert!(found("its bulkhead `audited` with a `wait` of 3s").is_some());
        apply("[breaker.audited]\nslow_call = '1500ms'");
        assert!(found("its breaker `audited` with a `slow_call` of 1.5s never").is_some());
        apply("");
        assert_eq!(found("`audited`"), None);
    });
}

#[test]
fn an_open_breaker_stays_open() {
    #[resilient(breaker("open", consecutive = 1))]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let fails = Script::new("F");
        assert_eq!(play(2, async || guarded(&fails).await).await, "FR");
        apply("[breaker.open]\nopen_for = '1h'");
        assert_eq!(state("open"), State::Open);
        assert_eq!(play(1, async || guarded(&fails).await).await, "R");
    });
}

#[test]
fn a_lower_bound_and_a_rule_make_a_bulkhead_adaptive() {
    #[resilient(bulkhead("bounds", max = 8))]
    async fn inside(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("[bulkhead.bounds]\nadaptive = 'aimd'\nmin = 3");
        let (works, fails) = (Script::new("S"), Script::new("F"));
        let limit = || Bulkhead::named("bounds").expect("it was called").limit();
        assert_eq!(play(1, async || inside(&works).await).await, "S");
        assert_eq!(limit(), 8);
        for _ in 0..100 {
            assert_eq!(play(1, async || inside(&fails).await).await, "F");
        }
        assert_eq!(limit(), 3);
        // Another rule keeps the bounds; none at all goes back to the number.
        apply("[bulkhead.bounds]\nmax = 5");
        assert_eq!(limit(), 5);
    });
}

#[test]
fn a_waker_may_apply_settings_itself() {
    struct Applies(Mutex<Option<Setting>>);
    impl Wake for Applies {
        fn wake(self: Arc<Self>) {
            let entry = catalog().find("lines_up").cloned().expect("it is annotated");
            let written = entry.bulkhead.and_then(|bulkhead| bulkhead.settings.first().copied());
            *self.0.lock().expect("nobody panics") = written;
            apply("[bulkhead.lined_up]\nmax = 3");
        }
    }
    #[resilient(bulkhead("lined_up", max = 1, queue = 1, wait = "1m"), name = "lines_up")]
    async fn lines_up(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("");
        let hangs = Script::new("P");
        let (_running, mut waiting) = (started(lines_up(&hangs)), Box::pin(lines_up(&hangs)));
        let applies = Arc::new(Applies(Mutex::new(None)));
        let waker = Waker::from(Arc::clone(&applies));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        apply("[bulkhead.lined_up]\nmax = 2");
        let seen = applies.0.lock().expect("nobody panics").expect("it was woken");
        assert_eq!((seen.name, seen.value), ("max", SettingValue::Count(2)));
        assert_eq!(Bulkhead::named("lined_up").expect("it was called").limit(), 3);
    });
}

#[test]
fn a_waker_that_panics_takes_no_other_change_along() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("as planned");
        }
    }
    #[resilient(
        retry = "fixed",
        breaker("before", consecutive = 2),
        bulkhead("woken", max = 1, queue = 1, wait = "1m"),
        budget("behind", floor = 9)
    )]
    async fn waits(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        apply("");
        let hangs = Script::new("P");
        let (_running, mut waiting) = (started(waits(&hangs)), Box::pin(waits(&hangs)));
        let waker = Waker::from(Arc::new(Panics));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        let written = "breaker.before.consecutive = 3\nbulkhead.woken.max = 2\nbudget.behind.floor = 1";
        let panic = catch_unwind(|| apply(written)).expect_err("it is not kept quiet");
        assert_eq!(panic.downcast_ref(), Some(&"as planned"));
        let shown = || {
            let catalog = catalog();
            let entry = catalog.find("waits").expect("it is annotated");
            let setting =
                |policy: &Option<Policy>, name| policy.as_ref().and_then(|policy| policy.setting(name));
            let all = [(&entry.breaker, "consecutive"), (&entry.bulkhead, "max"), (&entry.budget, "floor")];
            all.map(|(policy, name)| setting(policy, name))
        };
        assert_eq!(shown(), [3, 2, 1].map(|count| Some(SettingValue::Count(count))));
        // It is known what was applied, and goes back.
        apply("");
        assert_eq!(shown(), [2, 1, 9].map(|count| Some(SettingValue::Count(count))));
    });
}

#[test]
fn threads_that_apply_at_once_leave_the_settings_of_one() {
    #[resilient(breaker("left", consecutive = 1), rate_limit("right", rate = "1/h"))]
    async fn both(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        assert_eq!(play(1, async || both(&works).await).await, "S");
        let one = "[breaker.left]\nopen_for = '1s'\n[rate_limit.right]\nrate = '1/s'";
        let other = "[breaker.left]\nopen_for = '2s'\n[rate_limit.right]\nrate = '2/s'";
        std::thread::scope(|scope| {
            for text in [one, other, one, other] {
                scope.spawn(move || (0..100).for_each(|_| apply(text)));
            }
        });
        let catalog = catalog();
        let entry = catalog
            .find("threads_that_apply_at_once_leave_the_settings_of_one::both")
            .expect("it is annotated");
        let shown = [&entry.breaker, &entry.rate_limit].map(|policy| {
            let policy = policy.as_ref().expect("it has one");
            let setting = policy.setting("open_for").or_else(|| policy.setting("rate"));
            setting.expect("it is set").to_string()
        });
        assert!([["1s", "1/s"], ["2s", "2/s"]].iter().any(|both| shown == *both), "{shown:?}");
        assert!(Breaker::named("left").is_some());
    });
}
